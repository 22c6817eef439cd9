/** Types of the builder of weak monitors, for the tests. */
import type { Weakness } from './variants';

export declare function buildMonitor(weakness: Weakness): Promise<string>;
