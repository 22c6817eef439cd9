/** What the methods of Secrets take. */
import { secretUsages, type SecretUsage } from '../../domain/secret/secret';
import {
  document,
  flag,
  object,
  oneOf,
  optional,
  text,
  value,
  type Shape,
} from '../../shape/shape';
import { defineOptions } from '../arguments/option-shapes';
import type { SecretFilter } from './types';

const bytes: Shape<Uint8Array> = value({
  words: 'bytes',
  fits: (one) => one instanceof Uint8Array,
  example: new Uint8Array(),
});

export const secretsCalls = {
  define: [
    ['xml', document],
    ['options', optional(defineOptions)],
  ],
  list: [
    [
      'filter',
      optional(object<SecretFilter>({ ephemeral: optional(flag), private: optional(flag) })),
    ],
  ],
  lookup: [['uuid', text]],
  lookupByUsage: [['usage', object<SecretUsage>({ type: oneOf(...secretUsages), id: text })]],
  xml: [['uuid', text]],
  setValue: [
    ['uuid', text],
    ['value', bytes],
  ],
  getValue: [['uuid', text]],
  undefine: [['uuid', text]],
} as const;
