import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FileSystemError } from '../../src/file-system/file-system-error.js'
import { type LocationInput, parseLocation } from '../../src/file-system/location.js'

function refused(input: unknown): FileSystemError {
  try {
    const location = parseLocation(input as LocationInput)
    throw new Error(`accepted as ${JSON.stringify(location)}`)
  } catch (error) {
    expect(error).toBeInstanceOf(FileSystemError)
    expect(error).toMatchObject({ operation: 'open', outcome: 'not-applied', retry: 'never' })
    return error as FileSystemError
  }
}

describe('taken apart', () => {
  test.each([
    ['file:///data/out', '/data/out'],
    ['file:///data/out/', '/data/out'],
    ['FILE:///data', '/data'],
    ['file://localhost/data', '/data'],
    ['file:/data', '/data'],
    ['file:///', '/'],
    ['file:///with%20space/100%25/%E6%97%A5%E6%9C%AC', '/with space/100%/日本'],
    ['file:///with space/日本', '/with space/日本'],
    ['/data/out', '/data/out'],
    ['/data/../other/', '/other'],
    ['/data/100%/%20', '/data/100%/%20'],
    ['/data/what?/#1', '/data/what?/#1'],
    ['out', resolve('out')],
    ['./out', resolve('out')],
    ['.', resolve('.')],
    ['../out', resolve('../out')],
    ['a:b', resolve('a:b')],
    ['./s3://bucket', resolve('s3:/bucket')],
    ['~user', resolve('~user')],
  ])('%s', (text, root) => {
    expect(parseLocation(text)).toEqual({ scheme: 'file', root })
  })

  test.each([
    ['hdfs://nn:8020/data/out/', [{ host: 'nn', port: 8020 }], '/data/out'],
    ['hdfs://nameservice/data', [{ host: 'nameservice' }], '/data'],
    [
      'hdfs://nn1:8020,nn2:9000/',
      [
        { host: 'nn1', port: 8020 },
        { host: 'nn2', port: 9000 },
      ],
      '/',
    ],
    ['hdfs:///data', [], '/data'],
    ['hdfs://', [], '/'],
  ])('%s', (text, namenodes, root) => {
    expect(parseLocation(text)).toEqual({ scheme: 'hdfs', namenodes, root })
  })

  test.each([
    ['webhdfs://nn:9870/data/out', 'webhdfs', ['nn:9870'], '/data/out'],
    ['webhdfs://nn/data/out/', 'webhdfs', ['nn:9870'], '/data/out'],
    ['WebHDFS://nn/', 'webhdfs', ['nn:9870'], '/'],
    ['swebhdfs://nn/data', 'swebhdfs', ['nn:9871'], '/data'],
    ['httpfs://gateway/data', 'httpfs', ['gateway:14000'], '/data'],
    ['httpfss://gateway:443/data', 'httpfss', ['gateway:443'], '/data'],
    ['webhdfs://nn1:9870,nn2/data', 'webhdfs', ['nn1:9870', 'nn2:9870'], '/data'],
    [
      'webhdfs://10.0.0.1,[::1],[fe80::1]:50070/data',
      'webhdfs',
      ['10.0.0.1:9870', '::1:9870', 'fe80::1:50070'],
      '/data',
    ],
    ['webhdfs://name_node-1.example.org/d', 'webhdfs', ['name_node-1.example.org:9870'], '/d'],
    ['webhdfs://nn/with%20space/%E6%97%A5%E6%9C%AC/%23%3F%2B+', 'webhdfs', ['nn:9870'], '/with space/日本/#?++'],
    ['webhdfs://nn/webhdfs/other', 'webhdfs', ['nn:9870'], '/webhdfs/other'],
    ['webhdfs://nn/a@b', 'webhdfs', ['nn:9870'], '/a@b'],
  ])('%s', (text, scheme, servers, root) => {
    const namenodes = servers.map((server) => {
      const colon = server.lastIndexOf(':')
      return { host: server.slice(0, colon), port: Number(server.slice(colon + 1)) }
    })
    expect(parseLocation(text)).toEqual({ scheme, namenodes, root })
  })

  test('a user, percent-encoded where it must be', () => {
    expect(parseLocation('webhdfs://etl@nn/data')).toMatchObject({ user: 'etl', namenodes: [{ host: 'nn' }] })
    expect(parseLocation('webhdfs://a%40b@nn1,nn2/data')).toMatchObject({
      user: 'a@b',
      namenodes: [{ host: 'nn1' }, { host: 'nn2' }],
    })
  })

  test('URL objects', () => {
    expect(parseLocation(new URL('file:///a b/c'))).toEqual({ scheme: 'file', root: '/a b/c' })
    expect(parseLocation(new URL('webhdfs://etl@nn:9870/a%20b'))).toMatchObject({ user: 'etl', root: '/a b' })
  })

  test('a list of the namenodes of one cluster', () => {
    expect(
      parseLocation(['webhdfs://etl@nn1/data', 'webhdfs://etl@nn2:50070/data/', new URL('webhdfs://etl@nn3/data')]),
    ).toEqual({
      scheme: 'webhdfs',
      namenodes: [
        { host: 'nn1', port: 9870 },
        { host: 'nn2', port: 50070 },
        { host: 'nn3', port: 9870 },
      ],
      root: '/data',
      user: 'etl',
    })
    expect(parseLocation(['/data'])).toEqual({ scheme: 'file', root: '/data' })
  })

  test('every local directory and every HDFS name that is allowed, when it is encoded', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .filter(
        (text) =>
          text.isWellFormed() &&
          !/[/\0:]/.test(text) &&
          text !== '.' &&
          text !== '..' &&
          Buffer.byteLength(text) <= 255,
      )
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
        const root = `/${names.join('/')}`
        const encoded = names.map((each) => encodeURIComponent(each).replaceAll('.', '%2E')).join('/')
        expect(parseLocation(`file:///${encoded}`)).toEqual({ scheme: 'file', root })
        fc.pre(names[0] !== 'webhdfs')
        expect(parseLocation(`webhdfs://nn/${encoded}`)).toMatchObject({ root })
      }),
    )
  })
})

describe('refused, saying what to write', () => {
  test.each([
    ['', 'INVALID_ARGUMENT', /empty.*webhdfs:\/\/namenode:9870\/data\/events/],
    [[], 'INVALID_ARGUMENT', /list of locations is empty/],
    [undefined, 'INVALID_ARGUMENT', /not undefined/],
    [7, 'INVALID_ARGUMENT', /not number/],
    [' /data', 'INVALID_ARGUMENT', /white space.*%20/],
    ['/data\n', 'INVALID_ARGUMENT', /white space/],
    ['/da\0ta', 'INVALID_ARGUMENT', /control character/],
    ['webhdfs://nn/da\tta', 'INVALID_ARGUMENT', /control character/],
    ['~', 'INVALID_ARGUMENT', /only shells understand/],
    ['~/out', 'INVALID_ARGUMENT', /only shells understand/],
    ['C:\\data', 'INVALID_ARGUMENT', /Windows/],
    ['c:/data', 'INVALID_ARGUMENT', /Windows/],

    ['viewfs:///data', 'UNSUPPORTED', /not supported; write hdfs:/],
    ['http://nn:9870/webhdfs/v1/data', 'UNSUPPORTED', /write webhdfs:.*without \/webhdfs\/v1/],
    ['https://nn:9871/webhdfs/v1/data', 'UNSUPPORTED', /write swebhdfs:/],
    ['s3://bucket/data', 'UNSUPPORTED', /scheme s3; those known are file, hdfs, webhdfs, swebhdfs, httpfs and httpfss/],
    ['webhdf://nn/data', 'UNSUPPORTED', /scheme webhdf/],
    ['a:/b', 'INVALID_ARGUMENT', /Windows/],
    ['ab:/c', 'UNSUPPORTED', /a local path with a colon begins with \.\//],

    ['file://', 'INVALID_ARGUMENT', /three slashes/],
    ['file:', 'INVALID_ARGUMENT', /three slashes/],
    ['file://data/out', 'INVALID_ARGUMENT', /three slashes/],
    ['file:data', 'INVALID_ARGUMENT', /three slashes/],
    ['file:////data', 'INVALID_PATH', /absolute|empty segment/],
    ['file:///data//out', 'INVALID_PATH', /empty segment/],
    ['file:///data/../out', 'INVALID_PATH', /'\.\.'/],
    ['file:///data/%2e%2e/out', 'INVALID_PATH', /'\.\.'/],
    ['file:///data/./out', 'INVALID_PATH', /'\.'/],
    ['file:///data?x=1', 'INVALID_ARGUMENT', /%3F and %23/],
    ['file:///data#x', 'INVALID_ARGUMENT', /%3F and %23/],
    ['file:///100%', 'INVALID_ARGUMENT', /percent sign as %25/],
    ['file:///%ff', 'INVALID_ARGUMENT', /no percent-encoded UTF-8/],
    ['file:///a%2fb', 'INVALID_PATH', /encoded slash/],
    ['file:///a%00b', 'INVALID_PATH', /NUL/],
    [`file:///${'x'.repeat(256)}`, 'INVALID_PATH', /longer than 255 bytes/],

    ['webhdfs:nn/data', 'INVALID_ARGUMENT', /two slashes.*write webhdfs:\/\/<host>:9870\/<path>/],
    ['webhdfs:/data', 'INVALID_ARGUMENT', /two slashes/],
    ['webhdfs://', 'INVALID_ARGUMENT', /no host/],
    ['webhdfs:///data', 'INVALID_ARGUMENT', /no host/],
    ['webhdfs://nn', 'INVALID_ARGUMENT', /no path.*end it with \/ for the root/],
    ['httpfs://nn:14000', 'INVALID_ARGUMENT', /no path; write httpfs:\/\/<host>:14000/],
    ['webhdfs://nn:/data', 'INVALID_ARGUMENT', /port ""/],
    ['webhdfs://nn:0/data', 'INVALID_ARGUMENT', /from 1 to 65535/],
    ['webhdfs://nn:65536/data', 'INVALID_ARGUMENT', /from 1 to 65535/],
    ['webhdfs://nn:98 70/data', 'INVALID_ARGUMENT', /port "98 70"/],
    ['webhdfs://nn:1e3/data', 'INVALID_ARGUMENT', /port "1e3"/],
    ['webhdfs://nn1,/data', 'INVALID_ARGUMENT', /where a host should be/],
    ['webhdfs://nn1;nn2/data', 'INVALID_ARGUMENT', /several with commas/],
    ['webhdfs://::1:9870/data', 'INVALID_ARGUMENT', /IPv6 address in brackets/],
    ['webhdfs://[::1/data', 'INVALID_ARGUMENT', /where a host should be/],
    ['webhdfs://[nn]/data', 'INVALID_ARGUMENT', /where a host should be/],
    ['webhdfs://-nn/data', 'INVALID_ARGUMENT', /where a host should be/],
    ['webhdfs://nämenode/data', 'INVALID_ARGUMENT', /where a host should be/],
    ['webhdfs://nn1,nn1:9870/data', 'INVALID_ARGUMENT', /nn1:9870 twice/],
    ['webhdfs://@nn/data', 'INVALID_ARGUMENT', /nothing before the '@'/],
    ['webhdfs://%zz@nn/data', 'INVALID_ARGUMENT', /percent/],
    ['webhdfs://nn?user.name=x', 'INVALID_ARGUMENT', /%3F and %23/],
    ['webhdfs://nn/data?op=LISTSTATUS', 'INVALID_ARGUMENT', /options are given apart/],
    ['webhdfs://nn/data#top', 'INVALID_ARGUMENT', /%3F and %23/],
    ['webhdfs://nn/data/../x', 'INVALID_PATH', /'\.\.'/],
    ['webhdfs://nn//data', 'INVALID_PATH', /absolute|empty segment/],
    ['webhdfs://nn/12:30', 'INVALID_PATH', /colon/],
    ['webhdfs://nn/webhdfs/v1/data', 'INVALID_ARGUMENT', /REST interface.*without \/webhdfs\/v1/],
    ['webhdfs://nn/webhdfs/v1', 'INVALID_ARGUMENT', /REST interface/],

    [['webhdfs://nn1/data', 'swebhdfs://nn2/data'], 'INVALID_ARGUMENT', /differs in its scheme.*only hosts may differ/],
    [['webhdfs://nn1/data', 'webhdfs://nn2/other'], 'INVALID_ARGUMENT', /differs in its path/],
    [['webhdfs://a@nn1/data', 'webhdfs://nn2/data'], 'INVALID_ARGUMENT', /differs in its user.*none and a/],
    [['webhdfs://nn1/data', 'webhdfs://nn1:9870/data'], 'INVALID_ARGUMENT', /twice/],
    [['/data', '/other'], 'INVALID_ARGUMENT', /only namenodes of one cluster/],
    [['webhdfs://nn1/data', ''], 'INVALID_ARGUMENT', /empty/],
  ])('%j', (input, code, says) => {
    const error = refused(input)
    expect(error.code).toBe(code)
    expect(error.message).toMatch(says)
  })

  test.each([
    'webhdfs://etl:hunter2@nn:9870/data',
    'webhdfs://etl:hunter2@nn',
    'webhdfs://etl:hunter2@/data',
    'webhdfs://etl:hun@ter2@nn/data?x=1',
    'hdfs://etl:hunter2@nn/data',
    'https://etl:hunter2@nn/data',
    'webhdfs:etl:hunter2@nn/data',
    ' webhdfs://etl:hunter2@nn/data',
    'webhdfs://etl:hun/hunter2@nn/data',
    'webhdfs://etl:hunter2:x@nn/data',
    'webhdfs://etl:hun?hunter2@nn/data',
  ])('a password is refused and not repeated: %s', (text) => {
    const error = refused(text)
    expect(`${error.message} ${error.path}`).not.toMatch(/hun|ter2/)
  })

  test('whatever is given is taken apart or refused, never more than that', () => {
    const piece = fc.constantFrom(
      'webhdfs:',
      'file:',
      'hdfs:',
      '//',
      '/',
      '@',
      ':',
      ',',
      '?',
      '#',
      '%',
      '%2',
      '%41',
      '[',
      ']',
      '..',
      'nn',
      '9870',
      ' ',
      '~',
      'é',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          try {
            const location = parseLocation(text)
            expect(location.root.startsWith('/')).toBe(true)
          } catch (error) {
            expect(error).toBeInstanceOf(FileSystemError)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
