/** What the methods of a domain's snapshots take. */
import {
  abortSignal,
  callback,
  object,
  oneOf,
  optional,
  text,
  type Fields,
} from '../../shape/shape';
import type { SnapshotOptions, SnapshotRemoval, TreeCopyOptions } from './types';

const copyFields: Fields<TreeCopyOptions> = {
  onProgress: optional(callback()),
  signal: optional(abortSignal),
};

const removal = object<SnapshotRemoval>({
  children: optional(oneOf('keep', 'too', 'only')),
  files: optional(oneOf('remove', 'keep')),
});

export const snapshotCalls = {
  setCurrent: [['name', text]],
  xml: [['name', text]],
  create: [
    [
      'options',
      optional(
        object<SnapshotOptions>({
          ...copyFields,
          name: optional(text),
          description: optional(text),
        }),
      ),
    ],
  ],
  revert: [
    ['name', text],
    ['options', optional(object<TreeCopyOptions>(copyFields))],
  ],
  remove: [
    ['name', text],
    ['removal', optional(removal)],
  ],
} as const;
