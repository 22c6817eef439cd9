/** Random file systems, of the types that are named by one path of the host. */
import fc from 'fast-check';

import type {
  FileFilesystem,
  FilesystemDefinition,
} from '../../../../lib/domain/filesystem/definition';
import { defined, optional } from '../interface/interface-arbitrary';
import { sourceLabels } from '../security/seclabel-arbitrary';

const position = fc.constant({ line: 1, column: 1 });

const kinds: readonly (Pick<FileFilesystem, 'type' | 'driver'> | { readonly type: 'mount' })[] = [
  { type: 'mount' },
  { type: 'file' },
  { type: 'file', driver: { type: 'loop' } },
  { type: 'file', driver: { type: 'loop', format: 'raw' } },
  { type: 'file', driver: { type: 'nbd', format: 'raw' } },
  { type: 'file', driver: { type: 'nbd', format: 'qcow2' } },
];

const bytes = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const spaceLimits = fc.oneof(
  fc.record({ hard: bytes, position }),
  fc.record({ soft: bytes, position }),
  fc.record({ hard: bytes, soft: bytes, position }),
);

export function filesystems(
  text: fc.Arbitrary<string>,
  path: fc.Arbitrary<string>,
): fc.Arbitrary<FilesystemDefinition[]> {
  const filesystem = fc
    .record({
      kind: fc.constantFrom(...kinds),
      accessMode: fc.constant('passthrough' as const),
      source: path,
      target: path,
      readonly: fc.boolean(),
      space: optional(spaceLimits),
      sourceLabels: optional(sourceLabels(text)),
      position,
    })
    .map(({ kind, ...others }) => ({ ...kind, ...defined(others) }));
  return fc.array(filesystem, { maxLength: 3 });
}
