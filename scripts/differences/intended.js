// The differences from libvirt that are intended, each with its reason. test/parity compares each document of its corpus with a
// real libvirt, and fails for a difference that is not in this table, and for one in it that no document shows any more.
'use strict';

/**
 * @typedef {object} IntendedDifference
 * @property {string} id Its name.
 * @property {'definition' | 'start' | 'inside'} aspect What is compared.
 * @property {RegExp} documents The names of the documents that show it.
 * @property {RegExp} lines The lines that differ by it.
 * @property {string} here What there is here.
 * @property {string} libvirt What there is in libvirt.
 * @property {string} reason Why that is better for the user.
 */

/** @type {readonly IntendedDifference[]} */
const intendedDifferences = [];

module.exports = { intendedDifferences };
