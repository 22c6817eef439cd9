// Run in the network namespaces of the tests. `listen PROTOCOL PORT …`: answers each client on each port with the
// client's address. `ask PROTOCOL ADDRESS PORT …`: asks all at once, and prints a line for each, that answer, or `nothing` after a
// second without one.
'use strict';
const dgram = require('node:dgram');
const net = require('node:net');

const [what, ...words] = process.argv.slice(2);
const plain = (address) => address.replace(/^::ffff:/, '');

/** The arguments in groups of so many. */
function inGroups(size) {
  return words.flatMap((_, at) => (at % size === 0 ? [words.slice(at, at + size)] : []));
}

function listen([protocol, port]) {
  return new Promise((ready) => {
    if (protocol === 'tcp') {
      const server = net.createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end(plain(socket.remoteAddress ?? ''));
      });
      server.listen({ port: Number(port), host: '::' }, ready);
      return;
    }
    const socket = dgram.createSocket({ type: 'udp6' });
    socket.on('message', (_, from) => socket.send(plain(from.address), from.port, from.address));
    socket.bind(Number(port), '::', ready);
  });
}

function ask([protocol, address, port]) {
  return new Promise((say) => {
    setTimeout(() => say('nothing'), 1000);
    if (protocol === 'tcp') {
      const socket = net.connect({ host: address, port: Number(port) });
      socket.on('data', (data) => say(data.toString()));
      socket.on('error', () => say('nothing'));
      return;
    }
    const socket = dgram.createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
    socket.on('message', (data) => say(data.toString()));
    socket.on('error', () => say('nothing'));
    socket.connect(Number(port), address, () => socket.send('who am I'));
  });
}

if (what === 'listen') {
  void Promise.all(inGroups(2).map(listen)).then(() => process.stdout.write('ready\n'));
} else {
  void Promise.all(inGroups(3).map(ask)).then((answers) => {
    process.stdout.write(`${answers.join('\n')}\n`, () => process.exit(0));
  });
}
