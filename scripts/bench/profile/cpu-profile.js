// What V8's CPU profile says: the functions by the time that they took themselves.
'use strict';
const { basename } = require('node:path');

function placeOf({ functionName, url, lineNumber }) {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name} ${basename(url)}:${lineNumber + 1}`;
}

/** Microseconds of each function itself, most first, as `[place, microseconds]`; those of the same place in one. */
function selfTimes({ nodes, samples, timeDeltas }) {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const times = new Map();
  samples.forEach((id, index) => {
    const place = places.get(id);
    // The time from one sample to the next is that of the first.
    times.set(place, (times.get(place) ?? 0) + (timeDeltas[index + 1] ?? 0));
  });
  return [...times].sort((a, b) => b[1] - a[1]);
}

module.exports = { selfTimes };
