/** Types of the builder of the probe, for the tests. */

export declare function buildProbe(): Promise<string>;
