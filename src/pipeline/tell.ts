// Tells the listeners of a pipeline what happened. One that throws is logged and changes nothing.
import type { Logger } from '../engine/logger.js'
import type { PipelineEvents } from './pipeline-options.js'

/** Calls a listener, if there is one. */
export function tell<Name extends keyof PipelineEvents>(
  { events, logger }: { readonly events: PipelineEvents; readonly logger: Logger },
  name: Name,
  event: Parameters<NonNullable<PipelineEvents[Name]>>[0],
): void {
  try {
    const listener = events[name] as ((event: unknown) => void) | undefined
    listener?.call(events, event)
  } catch (error) {
    logger.warn({ err: error, event: name }, 'a listener threw; it was ignored')
  }
}
