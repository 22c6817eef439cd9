/** Opens a file in the folder of logs to be read: no link, and nothing that could block. */
import { constants, openSync } from 'node:fs';
import { unlessMissing } from '../../host/state/file-error';

/** A descriptor, which the caller closes; undefined when there is no such file. @throws what node:fs throws. */
export function openUnlessMissing(path: string): number | undefined {
  return unlessMissing(() =>
    openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
  );
}
