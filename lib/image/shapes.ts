/** Shapes of what the calls for images take. */
import {
  abortSignal,
  callback,
  either,
  flag,
  kibibytes,
  listOf,
  number,
  object,
  oneOf,
  optional,
  recordOf,
  text,
} from '../shape/shape';
import type { ImageDomain, ImageVolume, PullOptions } from './types';

export const pullOptions = object<PullOptions>({
  name: optional(text),
  signal: optional(abortSignal),
  onProgress: optional(callback()),
  tls: optional(oneOf('verify', 'trust')),
  mostBytes: optional(number),
});

const volume = object<ImageVolume>({ source: text, readonly: optional(flag) });

export const imageDomain = object<ImageDomain>({
  name: optional(text),
  entrypoint: optional(listOf(text)),
  cmd: optional(listOf(text)),
  env: optional(listOf(text)),
  user: optional(text),
  workingDirectory: optional(text),
  stopSignal: optional(text),
  ports: optional(listOf(text)),
  volumes: optional(recordOf(either(text, volume))),
  memory: optional(kibibytes),
  ids: optional(oneOf('auto', 'host')),
  network: optional(
    either(oneOf('none', 'host'), object<{ readonly name: string }>({ name: text })),
  ),
  publish: optional(listOf(text)),
  upper: optional(text),
});
