/** A logger whose lines a test reads. */
import type { Logger } from '../../../../lib/host/logger';

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

/** Each line is added to `lines`. */
export function recordingLogger(lines: LogLine[]): Logger {
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
