/** How far a labelling is, on stderr: not for what is quickly done, and a line a second at most. */
import { labelProgress } from '../../../../../lib/cli/commands/domain/start';
import { Output } from '../../../../../lib/cli/output/output';
import { sinkText } from '../../../../support/process/sink-text';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

function follow(verbosity: 'normal' | 'quiet'): { said: string[]; at: (inodes: number) => void } {
  const said: string[] = [];
  const output = new Output(
    { write: () => fail('nothing is written to stdout') },
    { write: (data) => void said.push(sinkText(data)) },
    verbosity,
  );
  const tell = labelProgress(output);
  return { said, at: (inodes) => tell({ path: '/srv/big\u0007', inodes }) };
}

function fail(words: string): never {
  throw new Error(words);
}

test('a line after a second, and one for each second more', () => {
  const { said, at } = follow('normal');
  at(1000);
  expect(said).toEqual([]);
  jest.advanceTimersByTime(1100);
  at(2000);
  at(3000);
  expect(said).toEqual(['labelling /srv/big\\x07: 2000 files so far\n']);
  jest.advanceTimersByTime(1100);
  at(4000);
  expect(said).toHaveLength(2);
});

test('nothing with --quiet', () => {
  const { said, at } = follow('quiet');
  jest.advanceTimersByTime(5000);
  at(2000);
  expect(said).toEqual([]);
});
