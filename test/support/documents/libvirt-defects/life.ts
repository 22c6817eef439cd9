/** Defects of libvirt in how a container starts, runs and ends, in its console, and in commands beside its init. */
import type { LibvirtDefect } from './defect';

const reboot = 'test/life/reboot.test.ts';
const lifecycle = 'test/container/lifecycle.test.ts';
const failures = ['test/undisturbed/failures.test.ts', 'a start fails when %s'] as const;

export const lifeDefects: readonly LibvirtDefect[] = [
  {
    number: 1,
    libvirt:
      'shutdown and reboot do nothing, and say nothing of it, when init has no initctl pipe, which few have',
    here: 'init is asked by the pipe or by the signal that it understands; one that would not notice is an error, and with a timeout the answer is how it ended',
    tests: [
      [
        reboot,
        'of a busybox init powers it off, and a reboot starts it again',
        'of a plain shell is refused, since it would not notice, and it goes on',
        'goes by the initctl pipe where there is one',
      ],
    ],
  },
  {
    number: 9,
    libvirt:
      'a failure of execve, of the label or of the user comes after the success: the domain has started, and is shut off a moment later without a reason',
    here: 'a start succeeds when execve has succeeded and the label is right; all before that is an error of the start',
    tests: [
      failures,
      [
        'test/container/helper.test.ts',
        'the message does not come before init’s execve has succeeded',
      ],
      ['test/addon/label.test.ts', 'with %s it is killed, and nobody is told that it runs'],
    ],
  },
  {
    number: 10,
    libvirt: 'many errors of a start are told as a timeout of reading a log',
    here: 'an error has its own words, the step, the path and errno',
    tests: [failures],
  },
  {
    number: 11,
    libvirt:
      'how init ended is lost: each end is a shutdown, and <on_poweroff>, <on_reboot> and <on_crash> are ignored',
    here: 'exit code and signal are kept, a signal is a crash, and each of the three is carried out',
    tests: [
      [
        lifecycle,
        'exit(%i) of init is told exactly',
        'the signal that ended init is told exactly, and is a crash',
        'on_poweroff restart starts it again also when nobody owns it',
      ],
      [reboot, 'on_reboot destroy leaves it off, and the answer says so'],
      [
        'test/unit/driver/lifecycle/lifecycle.test.ts',
        'after %s the definition is asked for its %s',
      ],
    ],
  },
  {
    number: 12,
    libvirt:
      'the end of an init that ends at once may be missed: the handler of SIGCHLD comes too late, and waits for one child a signal',
    here: 'the monitor has a pidfd of init from the clone on',
    tests: [
      [lifecycle, 'exit(%i) of init is told exactly'],
      [
        'test/life/autodestroy.test.ts',
        'autodestroy of a command that ends at once is a container that does',
      ],
      [
        'test/unit/container/start/handshake.test.ts',
        'a container that ends before stage 0 has said spawned has been started, and its end is not lost',
      ],
    ],
  },
  {
    number: 13,
    libvirt:
      'a reboot is a new start: another id, without the passed descriptors and autodestroy, and with the definition as it is by then',
    here: 'init is started again under the same monitor, with the id, the descriptors, the consoles and the devices that there were',
    tests: [
      [reboot, 'id, descriptors, consoles and who attaches to them stay over reboots'],
      [
        'test/life/autodestroy.test.ts',
        'autodestroy ends the container with its connection, also after a reboot',
      ],
      [
        'test/network/hotplug.test.ts',
        'what came and what went is there, and gone, after a reboot under the same monitor',
      ],
    ],
  },
  {
    number: 14,
    libvirt:
      'a restarted daemon has forgotten that a container is paused, and can neither resume nor destroy it',
    here: 'the kernel says whether a container is paused, every process sees it, and a paused one is destroyed',
    tests: [
      [
        'test/life/pause.test.ts',
        'the callers and their deaths make no difference to a pause',
        'a paused container is destroyed, and nothing in it runs on before',
      ],
    ],
  },
  {
    number: 15,
    libvirt:
      'on cgroup v2 there is no suspend, statistics fail for want of a time for each CPU, and a destroy looks for threads',
    here: 'all of it works on v2; the time is the total, since v2 counts no CPU alone',
    tests: [
      [
        'test/vm/life.test.ts',
        'a counter stops and goes on, and is destroyed while it stands, with fifty cgroups inside',
      ],
      ['test/addon/cgroups.test.ts', 'processes stand still in $name until they are thawed'],
      [
        'test/unit/container/statistics/readers.test.ts',
        'of v2 is in nanoseconds, and no CPU is counted alone',
      ],
    ],
  },
  {
    number: 28,
    libvirt: 'LISTEN_FDS and LISTEN_PID are not set for descriptors that are passed',
    here: 'they are, as sd_listen_fds(3) wants it',
    tests: [
      [
        'test/container/helper.test.ts',
        'init gets the passed descriptors from 3 on, and LISTEN_FDS',
      ],
      [
        'test/unit/plan/process/process.test.ts',
        'descriptors that are passed are announced as sd_listen_fds(3) wants it',
      ],
    ],
  },
  {
    number: 29,
    libvirt: 'init begins with SIGPIPE ignored and without a controlling terminal',
    here: 'every signal has its default action, and the console is the controlling terminal: ^C and job control work',
    tests: [
      [
        'test/security/confinement.test.ts',
        'hardened: a filter, a keyring of its own, limits, and nobody’s signal settings',
        'compat: none of it, as libvirt leaves it; the keyring is the caller’s',
      ],
      [
        'test/container/console.test.ts',
        '^C ends what is in the foreground, the fastest of three within a second',
        '^Z stops it, fg goes on with it',
      ],
    ],
  },
  {
    number: 36,
    libvirt:
      'lxc-enter-namespace gives a command no terminal, no search path, no user of the container, all capabilities and the environment of the caller',
    here: 'a command is confined as init is and has its environment; user, folder, variables and a terminal can be asked for',
    tests: [
      ['test/security/exec-confinement.test.ts', 'with %s'],
      [
        'test/container/exec-terminal.test.ts',
        'it is the controlling terminal, of the container’s own devpts, with the size that was asked for',
        'tslxc exec takes user and directory, and lxc-enter-namespace virsh’s options',
      ],
      ['test/container/exec.test.ts', 'environment, working directory and user are as asked'],
    ],
  },
  {
    number: 41,
    libvirt:
      'what a console prints is kept nowhere, readers take it from one another, and no program learns of a new size',
    here: 'the last 256 KiB are shown to each who attaches, a file keeps them, all readers see the same, and the size is handed on',
    tests: [
      [
        'test/container/console.test.ts',
        'two who are attached see the same and both may type',
        'the size is that of whoever attached, and programs learn of a change',
        'output of a container that has no reader and ends at once is told to who comes in time',
      ],
      [
        'test/more/container/logs.test.ts',
        'what the console put out is there when the container has ended, to the last byte, of several runs',
      ],
    ],
  },
];
