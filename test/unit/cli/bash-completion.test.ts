/** The script for bash, in a real bash, with a command in the place of tslxc that says what it was asked. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../lib/host/package-paths';
import { removeScratchAfterEach, scratchDirectory } from '../driver/scratch';

removeScratchAfterEach();

const script = join(packageRoot, 'completions', 'bash', 'tslxc');

/** Answers as `list` and `net-list` do, and writes down its words. */
const command = `#!/bin/sh
echo "$@" >> "$0.asked"
case "$*" in
  *images*) echo busybox ;;
  *net-list\\ --inactive*) echo lab ;;
  *net-list*) printf 'default\\nlab\\n' ;;
  *list\\ --all*) printf 'web\\nworker\\n' ;;
  *list\\ --inactive*) echo worker ;;
  *list\\ --name*) echo web ;;
esac
`;

let folder: string;

beforeEach(() => {
  folder = scratchDirectory();
  writeFileSync(join(folder, 'tslxc'), command);
  chmodSync(join(folder, 'tslxc'), 0o755);
});

/** What bash would offer at the end of the line. */
function offered(line: string): string[] {
  const program = `
    source ${script}
    COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=(tslxc)
    compopt() { :; }
    _tslxc
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync('bash', ['--norc', '-c', program, 'bash', line], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
  });
  return text.split('\n').filter((one) => one !== '');
}

test.each<[line: string, candidates: string[]]>([
  ['tslxc domu', ['domuuid']],
  ['tslxc net-port-d', ['net-port-delete', 'net-port-dumpxml']],
  ['tslxc dumpxml ', ['web', 'worker']],
  ['tslxc start ', ['worker']],
  ['tslxc destroy w', ['web']],
  ['tslxc dumpxml --domain wo', ['worker']],
  ['tslxc dumpxml web --inac', ['--inactive']],
  ['tslxc dumpxml web --inactive --inac', []],
  ['tslxc domstats --domain web --dom', ['--domain']],
  ['tslxc exec --env=A=1 --en', ['--env']],
  ['tslxc net-start ', ['default', 'lab']],
  ['tslxc net-update lab add dns-', ['dns-host', 'dns-srv', 'dns-txt']],
  ['tslxc shutdown web --mode s', ['signal']],
  ['tslxc shutdown web --mode=s', ['signal']],
  ['tslxc freecell ', ['--all', '--cellno', '--format']],
  ['tslxc freecell --cellno ', []],
  ['tslxc exec -e A=1 w', ['web']],
  ['tslxc run -d -p 8080:80 b', ['busybox']],
  ['tslxc run -p ', []],
  ['tslxc -c lxc:/// domu', ['domuuid']],
  ['tslxc --qui', ['--quiet']],
  ['tslxc help mon', ['monitor']],
  ['tslxc completion b', ['bash']],
  ['tslxc nosuch ', []],
])('%j: %j', (line, candidates) => {
  expect(offered(line).sort()).toEqual(candidates);
});

test('files are completed', () => {
  mkdirSync(join(folder, 'definitions'));
  writeFileSync(join(folder, 'domain one.xml'), '');
  expect(offered('tslxc define d').sort()).toEqual(['definitions', 'domain one.xml']);
  expect(offered('tslxc cd d')).toEqual(['definitions']);
});

test('names are quoted for the shell, and what stands in them is not carried out', () => {
  const names = ['two words', 'a;b', '$(touch made)', 'x`touch made`', '*'];
  const lines = names.map((name) => `'${name}'`).join(' ');
  writeFileSync(join(folder, 'tslxc'), `#!/bin/sh\nprintf '%s\\n' ${lines}\n`);
  const quoted = ['two\\ words', 'a\\;b', '\\$\\(touch\\ made\\)', 'x\\`touch\\ made\\`', '\\*'];
  expect(offered('tslxc dumpxml ')).toEqual(quoted);
  expect(existsSync(join(folder, 'made'))).toBe(false);
});

test.each([
  [String.raw`tslxc start my\ d`, ['my\\ dear', String.raw`my\ d\$x\"y\'z`]],
  [String.raw`tslxc start --domain=my\ de`, ['my\\ dear']],
  [`tslxc start 'my d`, ['my dear', String.raw`my d$x"y'\''z`]],
  [`tslxc start "my d`, ['my dear', String.raw`my d\$x\"y'z`]],
  [`tslxc start my' d`, [' dear', String.raw` d$x"y'\''z`]],
  [`tslxc start --domain="my de`, ['my dear']],
  [String.raw`tslxc start "my"\ de`, ['my\\ dear']],
  [`tslxc start 'say "a`, ['say "a!"']],
  [String.raw`tslxc start "say \"a`, [String.raw`say \"a"\!"\""`]],
  [String.raw`tslxc --root /srv/my\ place start 'a b'`, []],
  [`tslxc start 'a:b`, ['a:b c']],
  ['tslxc start a:b', [String.raw`b\ c`]],
])('a half-typed name is completed as it is quoted: %s', (line, candidates) => {
  const names = ['my dear', `my d$x"y'z`, 'say "a!"', 'a:b c'];
  const lines = names.map((name) => `'${name.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  writeFileSync(join(folder, 'tslxc'), `#!/bin/sh\nprintf '%s\\n' ${lines}\n`);
  expect(offered(line)).toEqual(candidates);
});

test('a file with a blank in its name is completed further', () => {
  writeFileSync(join(folder, 'domain one.xml'), '');
  expect(offered(String.raw`tslxc define domain\ o`)).toEqual(['domain one.xml']);
  expect(offered('tslxc define "domain o')).toEqual(['domain one.xml']);
});

test('names are looked up where the command is told to look', () => {
  offered('tslxc --root /srv/x -c lxc:/// dumpxml ');
  const asked = execFileSync('cat', [join(folder, 'tslxc.asked')], { encoding: 'utf8' });
  expect(asked).toBe('--root /srv/x -c lxc:/// -q list --all --name\n');
  writeFileSync(join(folder, 'tslxc'), '#!/bin/sh\nprintf "%s\\n" "$2"\n');
  expect(offered(String.raw`tslxc --root /srv/my\ $place dumpxml `)).toEqual([
    String.raw`/srv/my\ \$place`,
  ]);
});

test('bash takes it as its completion of tslxc', () => {
  const text = execFileSync('bash', ['--norc', '-c', `source ${script}; complete -p tslxc`], {
    encoding: 'utf8',
  });
  expect(text).toBe('complete -F _tslxc tslxc\n');
});
