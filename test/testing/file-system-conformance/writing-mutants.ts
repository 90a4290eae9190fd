// File systems that break a promise of an upload, a truncation or a CONCAT, and the case that has to notice.
import type { FileSystem, Upload } from '../../../src/file-system/file-system.js'
import { ignoring, type Mutant, withError } from './mutant.js'

const bytes = (content: Parameters<FileSystem['create']>[1]): readonly Uint8Array[] =>
  content instanceof Uint8Array ? [content] : content

function uploadWith(upload: Upload, overrides: Partial<Upload>): Upload {
  return new Proxy(upload, {
    get: (target, key) => {
      if (key in overrides) return overrides[key as keyof Upload]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

export const writingMutants: readonly Mutant[] = [
  {
    name: 'recoverLease says that it took the file, and lets the writer go on',
    caughtBy: /recoverLease > is the end of what an upload wrote/,
    overrides: () => ({ recoverLease: async () => 'closed', isOpenForWrite: async () => false }),
  },
  {
    name: 'create replaces what is there',
    caughtBy: /create > refuses a name that exists/,
    overrides: (real) => ({
      create: async (path, content, options) => {
        if ((await real.stat(path).catch(() => undefined))?.type === 'file') await real.delete(path)
        return await real.create(path, content, options)
      },
    }),
  },
  {
    name: 'create loses the last piece and says nothing',
    caughtBy: /create > takes the content in many pieces/,
    overrides: (real) => ({
      create: async (path, content, options) => {
        const pieces = bytes(content).filter((piece) => piece.byteLength > 0)
        const all = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
        await real.create(path, pieces.length > 1 ? pieces.slice(0, -1) : pieces, options)
        return all
      },
    }),
  },
  {
    name: 'create makes every parent',
    caughtBy: /create > refuses a missing parent/,
    overrides: (real) => ({
      create: (path, content, options) => real.create(path, content, { ...options, parents: 'create' }),
    }),
  },
  {
    name: 'create writes whole buffers instead of views',
    caughtBy: /views into larger buffers/,
    overrides: (real) => ({
      create: (path, content, options) =>
        real.create(
          path,
          bytes(content).map((piece) => new Uint8Array(piece.buffer)),
          options,
        ),
    }),
  },
  {
    name: 'create takes a replication of 0',
    caughtBy: /takes a number of replicas/,
    overrides: (real) => ({
      create: (path, content, options) => real.create(path, content, { ...options, replication: 1 }),
    }),
  },
  {
    name: 'an upload can be written to after its end',
    caughtBy: /createUpload > is over after its end/,
    overrides: (real) => ({
      createUpload: async (path, options) => {
        const upload = await real.createUpload(path, options)
        return uploadWith(upload, { write: (chunk) => ignoring('CLOSED', () => upload.write(chunk)) })
      },
    }),
  },
  {
    name: 'an aborted upload rejects the second time',
    caughtBy: /createUpload > aborted/,
    overrides: (real) => ({
      createUpload: async (path, options) => {
        const upload = await real.createUpload(path, options)
        let aborts = 0
        const abort = async () => {
          aborts += 1
          if (aborts > 1) throw new Error('already aborted')
          await upload.abort()
        }
        return uploadWith(upload, { abort })
      },
    }),
  },
  {
    name: 'an upload answers the bytes sent, not the length of the file',
    caughtBy: /append > streamed/,
    overrides: (real) => ({
      appendUpload: async (path, options) => {
        const upload = await real.appendUpload(path, options)
        return uploadWith(upload, { end: async () => (await upload.end()) - options.base })
      },
    }),
  },
  {
    name: 'append takes whatever base it finds',
    caughtBy: /append > rejects a wrong base/,
    overrides: (real) => ({
      append: async (path, content, options) =>
        await real.append(path, content, { base: (await real.stat(path))?.length ?? options.base }),
    }),
  },
  {
    name: 'append says not-applied after it appended',
    caughtBy: /append > rejects a wrong base/,
    overrides: (real) => ({
      append: (path, content, options) =>
        withError(real.append(path, content, options), () => ({ outcome: 'not-applied' })),
    }),
  },
  {
    name: 'append makes the file',
    caughtBy: /append > refuses what is not there/,
    overrides: (real) => ({
      append: async (path, content, options) => {
        if ((await real.stat(path)) === undefined) return await real.create(path, content, { parents: 'create' })
        return await real.append(path, content, options)
      },
    }),
  },
  {
    name: 'append takes empty content for done',
    caughtBy: /append > refuses empty content/,
    overrides: (real) => ({
      append: async (path, content, options) =>
        bytes(content).every((piece) => piece.byteLength === 0)
          ? options.base
          : await real.append(path, content, options),
    }),
  },
  {
    name: 'truncate believes false to be done',
    caughtBy: /truncate > cuts in the middle/,
    overrides: () => ({ truncate: async () => undefined }),
  },
  {
    name: 'truncate makes files longer',
    caughtBy: /truncate > never makes a file longer/,
    overrides: (real) => ({
      truncate: (path, options) => ignoring('WRONG_LENGTH', () => real.truncate(path, options)),
    }),
  },
  {
    name: 'concat sorts its sources',
    caughtBy: /concat > moves the sources, in the order given/,
    overrides: (real) => ({ concat: (target, sources) => real.concat(target, [...sources].sort()) }),
  },
  {
    name: 'concat keeps its sources',
    caughtBy: /concat > moves the sources/,
    overrides: (real) => ({
      concat: async (target, sources) => {
        const kept = await Promise.all(sources.map(async (source) => [source, await real.read(source)] as const))
        await real.concat(target, sources)
        for (const [source, content] of kept) await real.create(source, content)
      },
    }),
  },
]
