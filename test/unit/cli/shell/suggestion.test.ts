/** What is suggested in the place of a word that is not known. */
import { meantVerb } from '../../../../lib/cli/shell/foreign/verbs';
import { verbNames } from '../../../../lib/cli/shell/verbs';
import { nearest, suggestion } from '../../../../lib/suggestion';
import { run } from '../run-main';
import { FakeConnection } from '../../../support/fake/connection/fake-connection';

const known = ['list', 'start', 'destroy', 'domstate', 'net-list', 'net-dhcp-leases', 'cd'];

test.each([
  ['lits', 'list'],
  ['lis', 'list'],
  ['strat', 'start'],
  ['detsroi', 'destroy'],
  ['LIST', 'list'],
  ['net-dhcp', 'net-dhcp-leases'],
  ['domstatus', 'domstate'],
])('%s: %s', (word, meant) => {
  expect(nearest(word, known)).toBe(meant);
  expect(suggestion(word, known)).toBe(`; did you mean '${meant}'?`);
});

test.each(['cx', 'frobnicate', 'net', '', 'list'])('for %s there is nothing to suggest', (word) => {
  expect(suggestion(word, known)).toBe('');
});

test.each([
  ...['rm', 'stop', 'restart', 'rename', 'export', 'ps', 'inspect', 'kill', 'stats', 'pause'],
  ...['attach', 'cp', 'delete', 'launch', 'copy'],
])('what %s of Docker or LXC is here is told, and is no verb of ours', (verb) => {
  const told = meantVerb(verb, verbNames);
  expect(told).toMatch(new RegExp(`^; (docker|lxc)'s ${verb} is .*: docs/from-(docker|lxc)\\.md$`));
  expect(verbNames).not.toContain(verb);
});

test.each([
  ['lits', "error: unknown command: 'lits'; did you mean 'list'?\n"],
  ['snapshot-lis', "error: unknown command: 'snapshot-lis'; did you mean 'snapshot-list'?\n"],
  ['checkpoint-lis', "error: unknown command: 'checkpoint-lis'\n"],
  ['list --al', "error: command 'list' doesn't support option --al; did you mean --all?\n"],
  ['start --pause web', "error: command 'start' doesn't support option --pause\n"],
  ['help lits', "error: command or command group 'lits' doesn't exist; did you mean 'list'?\n"],
  [
    'rm web',
    "error: unknown command: 'rm'; docker's rm is undefine, for what runs destroy before: docs/from-docker.md\n",
  ],
  [
    'stop web',
    "error: unknown command: 'stop'; docker's stop is shutdown or destroy: docs/from-docker.md\n",
  ],
  ['ps', "error: unknown command: 'ps'; docker's ps is list, or list --all: docs/from-docker.md\n"],
  ['freeze web', "error: unknown command: 'freeze'; lxc's freeze is suspend: docs/from-lxc.md\n"],
  [
    'help rename',
    "error: command or command group 'rename' doesn't exist; docker's rename is domrename: docs/from-docker.md\n",
  ],
  [
    'logs --tail 1 web',
    "error: command 'logs' doesn't support option --tail; docker's --tail is --lines (-n): docs/from-docker.md\n",
  ],
  ['dominfo wbe', "error: failed to get domain 'wbe'; did you mean 'web'?\n"],
  ['dominfo other', "error: failed to get domain 'other'\n"],
])('%s', async (line, stderr) => {
  const connection = new FakeConnection([{ name: 'web' }]);
  expect(await run(line, { connection })).toMatchObject({ status: 1, stderr });
});

test.each([
  [
    'exec --env-file x web id',
    "error: command 'exec' doesn't support option --env-file; docker's --env-file is --env for each line of the file: docs/from-docker.md\n",
  ],
  [
    'run --privileged web',
    "error: command 'run' doesn't support option --privileged; docker's --privileged is <tslxc:hardening level='compat'/> in a definition: docs/from-docker.md\n",
  ],
  [
    'run -itP web sh',
    "error: command 'run' doesn't support option -itP; docker's -P is -p for each port: docs/from-docker.md\n",
  ],
  ['run -x web', "error: command 'run' doesn't support option -x\n"],
])('%s: what docker’s option is here is told', async (line, stderr) => {
  const connection = new FakeConnection([{ name: 'web' }]);
  expect(await run(line, { connection })).toMatchObject({ status: 125, stderr });
});
