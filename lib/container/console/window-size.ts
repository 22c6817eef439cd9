/** The shape of a terminal's size: struct winsize has 16 bits for each side. */
import type { WindowSize } from '../../host/native';
import { object, value, type Shape } from '../../shape/shape';

const largest = 0xffff;

const side: Shape<number> = value({
  words: `a whole number from 0 to ${largest}`,
  fits: (one) => Number.isInteger(one) && (one as number) >= 0 && (one as number) <= largest,
  example: 24,
});

export const windowSize = object<WindowSize>({ rows: side, columns: side });
