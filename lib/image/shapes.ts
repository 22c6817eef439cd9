/** Shapes of what the calls for images take. */
import {
  abortSignal,
  callback,
  flag,
  listOf,
  number,
  object,
  oneOf,
  optional,
  text,
  variablesOf,
  withoutContradiction,
} from '../shape/shape';
import { otherWords } from '../domain/builder/other-words';
import {
  commonFields,
  contradictoryIds,
  healthOfImage,
  memorySize,
} from '../domain/builder/spec-shape';
import type { ImageDomain, ImageRootSpec, PullOptions } from './types';

export const pullOptions = object<PullOptions>({
  name: optional(text),
  signal: optional(abortSignal),
  onProgress: optional(callback()),
  tls: optional(oneOf('verify', 'trust')),
  mostBytes: optional(number),
});

export const imageDomain = withoutContradiction<ImageDomain>(
  object<ImageDomain>(
    {
      ...commonFields,
      // An empty value removes a variable of the image.
      env: optional(variablesOf(text)),
      name: optional(text),
      memory: optional(memorySize),
      root: optional(object<ImageRootSpec>({ readonly: optional(flag), overlay: optional(text) })),
      ports: optional(listOf(text)),
      health: optional(healthOfImage),
    },
    otherWords,
  ),
  contradictoryIds,
);
