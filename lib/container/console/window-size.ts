/** The shape of a terminal's size: struct winsize has 16 bits for each side. */
import type { WindowSize } from '../../host/native';
import { object, wholeBetween } from '../../shape/shape';

const largest = 0xffff;

const side = wholeBetween(0, largest);

export const windowSize = object<WindowSize>({ rows: side, columns: side });
