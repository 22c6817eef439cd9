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

/** One virsh. What it has to say of a command is over when it says what it is told to say after it. */
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
      if (this.#endMark().test(this.#said)) this.#over();
    });
    this.#child.on('close', () => this.#over());
  }

  /** Resolves with milliseconds; an error of virsh is thrown. */
  async run(...words) {
    this.#said = '';
    this.#told += 1;
    const started = performance.now();
    await new Promise((resolve) => {
      this.#over = resolve;
      this.#child.stdin.write(`${words.join(' ')}\necho told-${this.#told}\n`);
    });
    const milliseconds = performance.now() - started;
    const error = /^.*error: .*$/m.exec(this.#said);
    if (error !== null) throw new StepError(`virsh ${words.join(' ')}: ${this.#errors()}`);
    if (!this.#endMark().test(this.#said)) throw new StepError('virsh has ended');
    return milliseconds;
  }

  async end() {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'close');
  }

  /** Its echo of the command begins with its prompt. */
  #endMark() {
    return new RegExp(`^told-${this.#told}`, 'm');
  }

  #errors() {
    return this.#said
      .split('\n')
      .filter((line) => line.includes('error: '))
      .map((line) => line.replace(/^.*error: /, ''))
      .join(' | ');
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
};
