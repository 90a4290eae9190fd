// Many pieces of work side by side, within the task's limit, ended together.
import type { TaskContext } from './task-context.js'

/**
 * Works on every item, as many at once as the task has lanes, and answers the results in their order. After a failure nothing further is
 * begun, for the file system may be away and each of ten thousand files would wait for it in turn; what has begun is awaited, so that nothing
 * goes on behind the caller's back, and then the first failure is thrown.
 */
export async function inLanes<Item, Result>(
  { lanes }: Pick<TaskContext, 'lanes'>,
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  let failure: { readonly error: unknown } | undefined
  const results: Result[] = []
  const runs = Array.from(items, (item, index) =>
    lanes(async () => {
      if (failure !== undefined) return
      try {
        results[index] = await work(item)
      } catch (error) {
        failure ??= { error }
      }
    }),
  )
  await Promise.all(runs)
  if (failure !== undefined) throw failure.error
  return results
}
