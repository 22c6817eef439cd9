// Run in the network namespaces of the tests. `listen PROTOCOL PORT`: answers everybody with the address that it
// sees. `ask PROTOCOL ADDRESS PORT`: prints that answer, or `nothing` after a second without one.
'use strict';
const dgram = require('node:dgram');
const net = require('node:net');

const [what, protocol, ...rest] = process.argv.slice(2);
const plain = (address) => address.replace(/^::ffff:/, '');

function listen(port) {
  const ready = () => process.stdout.write('ready\n');
  if (protocol === 'tcp') {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(plain(socket.remoteAddress ?? ''));
    });
    server.listen({ port, host: '::' }, ready);
    return;
  }
  const socket = dgram.createSocket({ type: 'udp6' });
  socket.on('message', (_, from) => socket.send(plain(from.address), from.port, from.address));
  socket.bind(port, '::', ready);
}

function ask(address, port) {
  const say = (answer) => {
    process.stdout.write(`${answer}\n`, () => process.exit(0));
  };
  setTimeout(() => say('nothing'), 1000);
  if (protocol === 'tcp') {
    const socket = net.connect({ host: address, port });
    socket.on('data', (data) => say(data.toString()));
    socket.on('error', () => say('nothing'));
    return;
  }
  const socket = dgram.createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
  socket.on('message', (data) => say(data.toString()));
  socket.on('error', () => say('nothing'));
  socket.connect(port, address, () => socket.send('who am I'));
}

if (what === 'listen') listen(Number(rest[0]));
else ask(rest[0], Number(rest[1]));
