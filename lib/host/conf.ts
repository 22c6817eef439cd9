/**
 * Settings files in libvirt's syntax: a line is `name = value`, where a value is a whole number or text in quotation marks
 * without escapes, and `#` begins a comment. Lists are not supported. Pure.
 */
import { TslxcError } from '../errors';

export interface ConfValue {
  readonly value: string | number;
  /** From 1. */
  readonly line: number;
}

const blank = /^\s*(#.*)?$/;
const assignment = /^\s*([A-Za-z_]\w*)\s*=\s*(.*)$/;
const text = /^(?:"([^"]*)"|'([^']*)')\s*(#.*)?$/;
const number = /^(-?\d+)\s*(#.*)?$/;

/** The last value of a name counts. @throws TslxcError CONF_SYNTAX with the path, and the line in the message. */
export function parseConf(content: string, path: string): ReadonlyMap<string, ConfValue> {
  const values = new Map<string, ConfValue>();
  for (const [index, statement] of content.split(/\r?\n/).entries()) {
    if (blank.test(statement)) continue;
    const line = index + 1;
    const [, name = '', written = ''] = assignment.exec(statement) ?? [];
    if (name === '') throw confError({ path, line }, 'expecting an assignment');
    const value = parseValue(written);
    if (value === undefined) {
      throw confError(
        { path, line },
        `expecting a whole number or text in quotes for '${name}', not ${written.trim()}`,
      );
    }
    values.set(name, { value, line });
  }
  return values;
}

/** An error in libvirt's form: `/etc/libvirt/lxc.conf:3: expecting a value`. */
export function confError(
  { path, line }: { readonly path: string; readonly line: number },
  detail: string,
): TslxcError {
  return new TslxcError('CONF_SYNTAX', `${path}:${line}: ${detail}`, { path, line });
}

function parseValue(written: string): string | number | undefined {
  const quoted = text.exec(written);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? '';
  const digits = number.exec(written)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
