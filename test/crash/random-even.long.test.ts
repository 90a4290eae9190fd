import { testRandomRuns } from './random-runs.js'

testRandomRuns(0)
