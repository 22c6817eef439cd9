// Run in the network namespaces of the tests. `listen PORT`: takes everything, and answers the word `ready`, then sends as
// many bytes as the first line says. `send|receive ADDRESS PORT BYTES`: prints the seconds that it took.
'use strict';
const net = require('node:net');

const [what, ...rest] = process.argv.slice(2);

function listen(port) {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    let asked = '';
    socket.on('data', (data) => {
      if (!asked.includes('\n')) asked += data.toString('latin1').slice(0, 100);
    });
    socket.on('end', () => socket.end(Buffer.alloc(Number(asked.split('\n')[0]))));
    socket.on('error', () => undefined);
  });
  server.listen(port, '::', () => process.stdout.write('ready\n'));
}

function transfer(address, port, bytes) {
  const start = process.hrtime.bigint();
  const socket = net.connect({ host: address, port }, () => {
    socket.write(what === 'receive' ? `${bytes}\n` : '0\n');
    socket.end(what === 'send' ? Buffer.alloc(bytes) : undefined);
  });
  let got = 0;
  socket.on('data', (data) => {
    got += data.length;
  });
  // The other side ends when it has everything.
  socket.on('end', () => {
    if (what === 'receive' && got !== bytes) throw new Error(`${got} of ${bytes} bytes`);
    process.stdout.write(`${Number(process.hrtime.bigint() - start) / 1e9}\n`);
  });
}

if (what === 'listen') listen(Number(rest[0]));
else transfer(rest[0], Number(rest[1]), Number(rest[2]));
