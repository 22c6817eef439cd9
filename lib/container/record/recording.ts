/** How something is put on record that the records of other containers must not have: by the caller, who looks at those before. */

/** Calls `record`, which puts it on record, unless others are in the way. @throws what keeps it from being recorded, and as `record`. */
export type Recording = (record: () => void) => Promise<void>;

/** Nobody else's records matter. */
export const atOnce: Recording = async (record) => {
  await Promise.resolve();
  record();
};
