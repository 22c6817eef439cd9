/** What a survey of many folders is asked by, and what its answers consist of: native/base/survey.h carries it out. */

/** What is looked at in each folder of a survey. */
export interface SurveyFile {
  readonly name: string;
  /**
   * `text`: its content. `stamp`: its stamp, of what a link leads to. `entry`: its stamp; no link is followed. `record`: its
   * stamp, and its content unless it has the stamp that is known; no link is followed. `lock`: whether another open file
   * description has a write lock on its first byte; no link is followed.
   */
  readonly look: 'text' | 'stamp' | 'entry' | 'record' | 'lock';
}

/** A file in a folder of tslxc's own: no link is followed, so that the look waits for no other file system. */
export interface OwnFile extends SurveyFile {
  readonly look: Exclude<SurveyFile['look'], 'text' | 'stamp'>;
}

export interface SurveyRequest {
  /** Absolute paths. */
  readonly folders: readonly string[];
  readonly files: readonly SurveyFile[];
  /** For each file of each folder its known stamp, zeroes for none; empty if none is known. */
  readonly known: Uint8Array;
}

export interface OwnSurveyRequest extends SurveyRequest {
  readonly files: readonly OwnFile[];
}

/** Bytes of a stamp: device, inode, size, modification and change in nanoseconds. */
export const stampBytes = 40;

/** The number that an answer of a survey begins with: native/base/survey.h says what follows. */
export const surveyAnswers = [
  'failed',
  'text',
  'stamp',
  'record',
  'unchanged',
  'unlocked',
  'locked',
  'other',
] as const;

/** What a survey says of a failure besides errno. */
export const surveyCalls = ['open', 'stat', 'read', 'fcntl'] as const;
