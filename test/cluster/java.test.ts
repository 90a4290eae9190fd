// The version of a Java is read from what it says of itself.
import { expect, test } from 'vitest'
import { javaMajorVersion } from './java.js'

test.each([
  ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
  ['openjdk version "21" 2023-09-19', 21],
  ['java version "1.8.0_402"', 8],
  ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "11.0.22" 2024-01-16', 11],
  ['The operation could not be completed', undefined],
])('%j', (answer, version) => {
  expect(javaMajorVersion(answer)).toBe(version)
})
