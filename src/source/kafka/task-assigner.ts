// The partition assigner that kafkajs runs: partitions by whole tasks. What each member holds travels in its subscription.
import kafkajs, { type Assigner, type Cluster } from 'kafkajs'
import { assignTasks, taskOf } from './task-assignment.js'

/** What only the group's leader knows after a rebalance. */
export interface LeaderView {
  /** Tasks that some member, ourselves included, said it holds. All others are nobody's. */
  readonly heldByMembers: ReadonlySet<number>
}

/** What the assigner goes by. */
export interface TaskAssignerOptions {
  readonly topics: readonly string[]
  readonly purpose: string
  readonly taskCount: number
  /** The tasks that this process holds, asked at each rebalance. */
  readonly held: () => readonly number[]
  /** Told when this member assigned as the leader; `undefined` when a rebalance begins. */
  readonly onLeading: (view: LeaderView | undefined) => void
}

/** Raised when members of an older version could not share tasks with us. */
const VERSION = 1

/** Makes it, for one consumer. */
export function taskAssigner(cluster: Cluster, options: TaskAssignerOptions): Assigner {
  const { topics, purpose, taskCount, held, onLeading } = options
  const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol
  // Brokers let those into a group who share a name here. So what members must agree on is in it.
  const name = `hdfs-multi-output/${VERSION}/${taskCount}/${[...topics].sort().join(',')}/${purpose}`
  return {
    name,
    version: VERSION,
    protocol: (subscription) => {
      onLeading(undefined)
      const userData = Buffer.from(JSON.stringify({ held: held() }))
      return { name, metadata: MemberMetadata.encode({ version: VERSION, topics: subscription.topics, userData }) }
    },
    assign: async ({ members, topics: subscribed }) => {
      const partitions = subscribed.flatMap((topic) =>
        cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => {
          return { topic, partition: partitionId, task: taskOf(topic, partitionId, taskCount) }
        }),
      )
      const holders = members.map(({ memberId, memberMetadata }) => ({ memberId, held: heldIn(memberMetadata) }))
      onLeading({ heldByMembers: new Set(holders.flatMap((holder) => holder.held)) })
      const shares = assignTasks(holders, [...new Set(partitions.map(({ task }) => task))])
      return [...shares].map(([memberId, tasks]) => {
        const assignment: Record<string, number[]> = {}
        for (const { topic, partition } of partitions.filter(({ task }) => tasks.includes(task))) {
          assignment[topic] ??= []
          assignment[topic].push(partition)
        }
        const userData = Buffer.alloc(0)
        return { memberId, memberAssignment: MemberAssignment.encode({ version: VERSION, assignment, userData }) }
      })
    },
  }
}

/** It only says who keeps what: a member that says nothing sensible keeps nothing. */
function heldIn(metadata: Buffer): readonly number[] {
  try {
    const userData = kafkajs.AssignerProtocol.MemberMetadata.decode(metadata)?.userData
    const { held } = JSON.parse(userData?.toString() ?? '') as { readonly held?: unknown }
    return Array.isArray(held) ? held.filter((task) => Number.isSafeInteger(task)) : []
  } catch {
    return []
  }
}
