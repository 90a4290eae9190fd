// Opens an upload over connections of our own.
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { openUpload as open } from '../webhdfs-protocol/open-upload.js'
import { CONTENT_METHODS } from '../webhdfs-protocol/redirect.js'
import type { UploadPlan, WireUpload } from '../webhdfs-protocol/upload.js'
import type { Session } from './session.js'
import { UploadRequest } from './upload-request.js'

/** Resolves when a datanode has taken the connection. */
export function openUpload(session: Session, plan: UploadPlan, attempt: Attempt): Promise<WireUpload> {
  const { connections, options, namenodes, known } = session
  const { op, contentBytes } = plan
  const connect = (place: URL): Promise<UploadRequest> =>
    UploadRequest.open(connections, options, {
      method: CONTENT_METHODS[op],
      ...namenodes.placeUnder(place),
      ...(contentBytes === undefined ? {} : { contentBytes }),
    })
  return open(namenodes, plan, { connect, datanodeAttemptsMax: options.datanodeAttemptsMax, known }, attempt)
}
