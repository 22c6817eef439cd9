// What docs/cli.md and man/tslxc.1 say beside the table of verbs: what is true of the command as a whole.
'use strict';

const summary = "create and manage Linux containers from libvirt's domain XML";

const description = [
  "tslxc has virsh's verbs for containers: a domain is defined from a file of libvirt's XML, and started, looked at, " +
    'changed and stopped by its name. There is no daemon. A container is run by a monitor of its own, and goes on when ' +
    'the command that started it has ended.',
  'Where a verb takes a domain, it takes its name, its id (the pid of its monitor) or its uuid. Options of a verb are ' +
    'long: --name VALUE or --name=VALUE. A bare word is taken for the next option that the synopsis shows without dashes. ' +
    'After -- all words are data.',
  'Without a verb, commands are read from the terminal, with history and completion, or from a pipe. One word in the place of the ' +
    "verb may hold several commands, with ; between them: tslxc 'uri; list'. Words are quoted as in a shell by single and double " +
    'quotes and backslashes, and # begins a comment. All of a line is checked before its first command runs.',
  'Each verb prints an empty line at its end, as in virsh, but for those whose output is that of a command in a container, ' +
    'and logs, wait, images, plan and top, which virsh does not have; -q leaves it out.',
];

const environment = [
  {
    name: 'TSLXC_ROOT',
    help: 'An absolute path below which all state is kept: definitions, records of what runs, logs, leases. Default: /.',
  },
  {
    name: 'TSLXC_DEFAULT_URI, LIBVIRT_DEFAULT_URI',
    help:
      'The URI where -c gives none, in this order; else it is lxc:///. A LIBVIRT_DEFAULT_URI that names another driver ' +
      'is passed over, with a note.',
  },
  {
    name: 'TSLXC_HARDENING',
    help: 'hardened, compat or isolated: how containers are confined whose definition does not say it.',
  },
  {
    name: 'TSLXC_LOG_LEVEL',
    help: "info (the default) or debug: how much is written to a domain's own log.",
  },
  {
    name: 'VISUAL, EDITOR',
    help: 'The editor of edit, desc --edit and metadata --edit, in this order; else vi.',
  },
  {
    name: 'XDG_CACHE_HOME',
    help:
      'Where the lines that were typed into the shell are kept, in tslxc/history; else ~/.cache. Not where another user than ' +
      'root and the own one can change it.',
  },
  {
    name: 'NOTIFY_SOCKET',
    help: 'Where start --foreground says READY=1, as systemd expects it of a service of Type=notify.',
  },
];

const exitStatus = [
  { name: '0', help: 'The verb has done what it was asked for.' },
  {
    name: '1',
    help: 'It has not; stderr says why. Of several commands in one word, the last counts.',
  },
  {
    name: '125, 126, 127',
    help:
      'exec, shell, lxc-enter-namespace and run have not run the program: 127 where there is no such program, 126 where it cannot ' +
      'be executed, 125 for every other failure.',
  },
  {
    name: 'other',
    help:
      'exec, shell and lxc-enter-namespace end with the status of the command in the container, run, start --foreground and ' +
      'wait --exit with that of its init: 128 and the number of the signal that ended it, if one did, and 125 where that is not ' +
      'known, since the monitor of the container was killed.',
  },
];

module.exports = { description, environment, exitStatus, summary };
