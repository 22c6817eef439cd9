/** docs/cli.md and man/tslxc.1: current, whole, and free of warnings. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsWith, verbNames } from '../../../lib/cli/shell/verbs';
import { packageRoot, runProgram } from '../../support/process/run-command';

const manual = join(packageRoot, 'man', 'tslxc.1');

/** The verbs that the overview of `tslxc help` has. */
const shownVerbs = verbNames.filter((verb) => !commandsWith(verb)?.[verb]?.visibility);

function checkIn(folder: string): ReturnType<typeof runProgram> {
  return runProgram([process.execPath, join(folder, 'scripts/generate-cli-docs.js'), '--check']);
}

test('the committed files are what the table of verbs makes of them', async () => {
  expect(await checkIn(packageRoot)).toMatchObject({ code: 0, stderr: '' });
});

test('a file that is not is named, with the command that mends it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-cli-docs-'));
  try {
    for (const name of ['lib', 'node_modules', 'package.json', 'man']) {
      symlinkSync(join(packageRoot, name), join(folder, name));
    }
    cpSync(join(packageRoot, 'scripts'), join(folder, 'scripts'), { recursive: true });
    cpSync(join(packageRoot, 'docs'), join(folder, 'docs'), { recursive: true });
    const text = readFileSync(join(folder, 'docs/cli.md'), 'utf8');
    writeFileSync(join(folder, 'docs/cli.md'), text.replace('--graceful', '--gracefully'));
    const { code, stderr } = await checkIn(folder);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'generate-cli-docs: stale: docs/cli.md; run: node scripts/generate-cli-docs.js\n',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('cli.md has a section for each verb that help shows, and names those that are refused', () => {
  const text = readFileSync(join(packageRoot, 'docs/cli.md'), 'utf8');
  const sections = [...text.matchAll(/^### (.*)$/gm)].map(([, verb]) => verb);
  expect([...sections].sort()).toEqual([...shownVerbs].sort());
  expect(text).toContain('`managedsave`');
  expect(text).not.toContain('### reap');
});

test('the manual page renders without a warning, and has each verb', async () => {
  const { code, stdout, stderr } = await runProgram(['man', '--warnings', '-l', manual], {
    env: { MANWIDTH: '400', LC_ALL: 'C.UTF-8', MAN_KEEP_FORMATTING: undefined },
  });
  expect([code, stderr]).toEqual([0, '']);
  // A heading of several lines is justified, with more spaces than it has.
  const headings = [...stdout.matchAll(/^ {3}tslxc +([-a-z]+)/gm)].map(([, verb]) => verb);
  expect([...headings].sort()).toEqual([...shownVerbs].sort());
});

test('what groff warns of is an output of that command', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-man-'));
  try {
    const broken = join(folder, 'broken.1');
    writeFileSync(broken, `${readFileSync(manual, 'utf8')}.nosuchrequest\n`);
    const { stderr } = await runProgram(['man', '--warnings', '-l', broken]);
    expect(stderr).toContain('nosuchrequest');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
