/** The request for a survey of many folders, and the parts of its answers: native/base/survey.h carries it out. */

/** What is looked at in each folder of a survey. */
export interface SurveyFile {
  readonly name: string;
  /**
   * `text`: its content. `stamp`: its stamp, following links. `entry`: its stamp; no link is followed. `record`: its stamp, and
   * its content unless its stamp is the known one; no link is followed. `lock`: whether another open file description has a write
   * lock on its first byte; no link is followed.
   */
  readonly look: 'text' | 'stamp' | 'entry' | 'record' | 'lock';
}

/** A file in one of tslxc's own folders: no link is followed, so that the look never waits for another file system. */
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

/** An answer of a survey begins with an index into this list; native/base/survey.h says what follows. */
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

/** The system calls that an answer `failed` names by an index, besides errno. */
export const surveyCalls = ['open', 'stat', 'read', 'fcntl'] as const;
