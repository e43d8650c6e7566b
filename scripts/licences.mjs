// Checks that everything the product and its tools are made of is under a licence that deny.toml allows.

import { readFileSync } from 'node:fs'
import path from 'node:path'

import { cargoMetadata, root } from './lib/leptos.mjs'

const LOCK_FILES = ['scripts/package-lock.json', 'end2end/package-lock.json']

const [, list] = /^allow = \[([^\]]*)\]/m.exec(readFileSync(path.join(root, 'deny.toml'), 'utf8'))
const allowed = new Set([...list.matchAll(/"([^"]+)"/g)].map(([, licence]) => licence))

/** Whether an SPDX expression can be met with allowed licences alone; `/` is an old way to write OR. */
function permitted(expression) {
  const tokens = expression.replaceAll('/', ' OR ').match(/[()]|[^\s()]+/g) ?? []
  const permittedAll = readAny(tokens)
  return permittedAll && tokens.length === 0
}

function readAny(tokens) {
  let met = readEvery(tokens)
  while (tokens[0] === 'OR') {
    tokens.shift()
    met = readEvery(tokens) || met
  }
  return met
}

function readEvery(tokens) {
  let met = readOne(tokens)
  while (tokens[0] === 'AND') {
    tokens.shift()
    met = readOne(tokens) && met
  }
  return met
}

function readOne(tokens) {
  const token = tokens.shift()
  if (token === '(') {
    const met = readAny(tokens)
    return tokens.shift() === ')' && met
  }
  if (tokens[0] !== 'WITH') return allowed.has(token)
  tokens.shift()
  const exception = tokens.shift()
  return allowed.has(`${token} WITH ${exception}`)
}

function crates() {
  return cargoMetadata('--locked').packages.map(({ name, version, license }) => ({ name, version, license }))
}

function npmPackages(lockFile) {
  const { packages } = JSON.parse(readFileSync(path.join(root, lockFile), 'utf8'))
  return Object.entries(packages).map(([name, { version, license }]) => ({ name: name || lockFile, version, license }))
}

const parts = [...crates(), ...LOCK_FILES.flatMap(npmPackages)]
const refused = parts.filter(({ license }) => !license || !permitted(license))
for (const { name, version, license } of refused) {
  console.error(`${name} ${version ?? ''}: ${license ?? 'names no licence'}`)
}
if (refused.length > 0) process.exit(1)
console.log(`${parts.length} packages, all under allowed licences.`)
