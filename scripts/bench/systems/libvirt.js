// libvirt's LXC driver through one connection: a libvirtd of our own, and one virsh that is told what to do.
'use strict';
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { StepError } = require('../../steps');
const { findProgram } = require('../../build-native');
const { domainXml } = require('../domain-xml');

const programs = { sleep: ['/bin/sleep', '10000'] };
/** Where libvirtd keeps things; each is ours in here. */
const folders = ['/var/lib/libvirt', '/var/log/libvirt', '/var/cache/libvirt'];
const patience = 20_000;

function runQuietly(program, ...words) {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function makeOwnFolders(site) {
  runQuietly('cp', '-a', '/etc/libvirt', site.folder('libvirt'));
  runQuietly('mount', '--bind', join(site.directory, 'libvirt/libvirt'), '/etc/libvirt');
  for (const path of folders) {
    runQuietly('mount', '--bind', site.folder(`libvirt${path}`), path);
  }
  runQuietly('mkdir', '-p', '/run/libvirt', '/var/lib/libvirt/lxc');
}

async function startDaemon() {
  const daemon = spawn('libvirtd', [], { stdio: 'ignore' });
  const begun = Date.now();
  for (;;) {
    try {
      runQuietly('virsh', '-q', '-c', 'lxc:///', 'version');
      return daemon;
    } catch (error) {
      if (daemon.exitCode !== null) throw new StepError(`libvirtd: exit code ${daemon.exitCode}`);
      if (Date.now() - begun > patience)
        throw new StepError(`virsh: ${String(error.stderr).trim()}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/**
 * What virsh has said of a command after which it was told to say `told-NUMBER`: undefined until it has, and then its `errors`.
 * Its echo of what it is told begins with its prompt.
 */
function readAnswer(said, number) {
  if (!new RegExp(`^told-${number}`, 'm').test(said)) return undefined;
  return { errors: [...said.matchAll(/^.*error: (.*)$/gm)].map(([, error]) => error) };
}

/** One virsh. */
class Virsh {
  #child = spawn('sh', ['-c', 'exec virsh -q -c lxc:/// 2>&1'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  #said = '';
  #told = 0;
  #over = () => undefined;

  constructor() {
    this.#child.stdout.on('data', (chunk) => {
      this.#said += chunk;
      const answer = readAnswer(this.#said, this.#told);
      if (answer !== undefined) this.#over(answer);
    });
    this.#child.on('close', () => this.#over({ errors: ['virsh has ended'] }));
  }

  /** Resolves with milliseconds; an error of virsh is thrown. */
  async run(...words) {
    this.#said = '';
    this.#told += 1;
    const started = performance.now();
    const { errors } = await new Promise((resolve) => {
      this.#over = resolve;
      this.#child.stdin.write(`${words.join(' ')}\necho told-${this.#told}\n`);
    });
    const milliseconds = performance.now() - started;
    if (errors.length > 0) throw new StepError(`virsh ${words.join(' ')}: ${errors.join(' | ')}`);
    return milliseconds;
  }

  async end() {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'close');
  }
}

async function open(site) {
  makeOwnFolders(site);
  const daemon = await startDaemon();
  const virsh = new Virsh();
  return {
    async make(spec) {
      const { name, variant } = spec;
      const root = variant === 'idmap' ? site.mappedRoot : site.root;
      const file = join(site.directory, `libvirt-${name}.xml`);
      writeFileSync(file, domainXml({ ...spec, argv: programs[spec.program], root }));
      await virsh.run('define', file);
      const act =
        (verb, ...words) =>
        () =>
          virsh.run(verb, name, ...words);
      return {
        start: act('start'),
        destroy: act('destroy'),
        exec: act('lxc-enter-namespace', '--noseclabel', '/bin/true'),
        remove: act('undefine'),
      };
    },
    async close() {
      await virsh.end();
      daemon.kill('SIGTERM');
      await once(daemon, 'close');
    },
  };
}

module.exports = {
  title: 'libvirt, by one virsh that is told what to do',
  note: 'its destroy sends SIGTERM, and SIGKILL 1.6 s later',
  // It takes so long.
  mostRuns: 5,
  atOnce: 5,
  variants: ['plain', 'interface', 'idmap'],
  actions: ['start', 'destroy', 'exec'],
  missing: () =>
    ['libvirtd', 'virsh'].every((name) => findProgram(name) !== undefined)
      ? undefined
      : 'apt-get install libvirt-daemon-driver-lxc libvirt-clients',
  open,
  readAnswer,
};
