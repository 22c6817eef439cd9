/** Shapes of the options that several public calls take. */
import {
  abortSignal,
  callback,
  date,
  either,
  flag,
  listOf,
  number,
  object,
  oneOf,
  optional,
  text,
  threeOf,
  whole,
  wholeBetween,
  withoutContradiction,
  type Contradiction,
  type Fields,
  type Shape,
} from '../../shape/shape';
import type { LogOptions } from '../inspect/console-lines';
import type {
  Autostart,
  CreateOptions,
  DefineOptions,
  DeviceOptions,
  StartOptions,
  Warning,
  WhichOption,
} from '../types';

export const signalOption = object<{ readonly signal?: AbortSignal | undefined }>({
  signal: optional(abortSignal),
});

const which = optional(oneOf('live', 'inactive', 'both'));

export const whichOption = object<WhichOption>({ which });

export const whichOneOption = object<{ readonly which?: 'live' | 'inactive' | undefined }>({
  which: optional(oneOf('live', 'inactive')),
});

const onWarning = optional(callback<(warning: Warning) => void>());

export const deviceOptions = object<DeviceOptions>({ which, onWarning });

export const defineFields: Fields<DefineOptions> = { validate: optional(flag), onWarning };

export const defineOptions = object<DefineOptions>(defineFields);

const descriptor = wholeBetween(0, 0x7fff_ffff);

const startFields: Fields<StartOptions> = {
  passDescriptors: optional(listOf(descriptor)),
  standardStreams: optional(threeOf(descriptor)),
  consoleDescriptor: optional(descriptor),
  ownership: optional(oneOf('keep', 'leave')),
  autodestroy: optional(flag),
  strict: optional(flag),
  onWarning,
  onNetworkStarted: optional(callback()),
  onProgress: optional(callback()),
  signal: optional(abortSignal),
};

/** Only the process that has kept a container ends it with itself. */
function leftAndEnded({ ownership, autodestroy }: StartOptions): Contradiction | undefined {
  if (ownership !== 'leave' || autodestroy !== true) return undefined;
  return { field: 'autodestroy', what: "does not go with ownership 'leave'" };
}

export const startOptions = withoutContradiction(object<StartOptions>(startFields), leftAndEnded);

export const createOptions = withoutContradiction(
  object<CreateOptions>({ ...startFields, validate: optional(flag) }),
  leftAndEnded,
);

export const logOptions = object<LogOptions>({
  lines: optional(whole),
  since: optional(date),
  until: optional(date),
  follow: optional(flag),
  signal: optional(abortSignal),
});

const onOrOff = oneOf('on', 'off');

/** As `info` says it, too. */
export const autostart: Shape<Autostart> = either(onOrOff, flag);

/** The word for it. */
export function autostartWord(asked: Autostart): 'on' | 'off' {
  if (typeof asked === 'string') return asked;
  return asked ? 'on' : 'off';
}

/** A console by its index or its alias. */
export const consoleDevice = either(number, text);
