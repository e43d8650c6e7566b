// Files that are only written when that changes something, so that whatever watches their times may rest.

import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'

export async function bytesOf(file) {
  return readFile(file).catch((error) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

export async function writeIfChanged(file, bytes) {
  const before = await bytesOf(file)
  if (before?.equals(bytes)) return
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, bytes)
}

async function changedAt(file) {
  return (await stat(file).catch(() => null))?.mtimeMs ?? null
}

/** Whether every product exists and none is older than a source. */
export async function upToDate(products, sources) {
  const made = await Promise.all(products.map(changedAt))
  const changed = await Promise.all(sources.map(changedAt))
  return !made.includes(null) && Math.min(...made) >= Math.max(...changed)
}

/** Every file below a folder, as paths relative to it. */
export async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort()
}

/** Removes every file below a folder that is not among those to keep. */
export async function prune(folder, kept) {
  const stale = (await filesBelow(folder)).filter((file) => !kept.has(file))
  await Promise.all(stale.map((file) => rm(path.join(folder, file))))
}
