import { get } from 'node:http'

import type { Page } from '@playwright/test'

import { expect, test } from '../support/stories.ts'
import { printHeading, printTable } from './print.ts'

const KINDS = ['document', 'stylesheet', 'script', 'image', 'fetch', 'manifest', 'other']
const ENCODINGS = ['identity', 'gzip', 'br'] as const

/** How many bytes of a body the server sends in that encoding. */
async function bytesSent(address: string, encoding: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(address, { headers: { 'accept-encoding': encoding } }, (answer) => {
      let bytes = 0
      answer.on('data', (piece: Buffer) => (bytes += piece.length))
      answer.on('end', () => resolve(bytes))
    })
    request.on('error', reject)
  })
}

function shortName(path: string): string {
  return path.replace(/^\/pkg\/[^/]+\//, '/pkg/…/')
}

async function printSizes(origin: string, files: readonly string[]): Promise<void> {
  const sizesOf = (file: string) => Promise.all(ENCODINGS.map((encoding) => bytesSent(origin + file, encoding)))
  const sizes = await Promise.all(files.map(sizesOf))
  const sums = ENCODINGS.map((_, column) => sizes.reduce((sum, row) => sum + row[column]!, 0))
  printTable([
    ['file', 'raw', 'gzip', 'brotli'],
    ...files.map((file, index) => [shortName(file), ...sizes[index]!]),
    ['all', ...sums],
  ])
}

/** The files that a page asks for until it stands, streams and data left out. */
async function askedFor(page: Page, address: string): Promise<string[]> {
  const asked = new Set<string>()
  page.on('response', (answer) => {
    if (KINDS.includes(answer.request().resourceType())) asked.add(new URL(answer.url()).pathname)
  })
  await page.goto(address, { waitUntil: 'load' })
  await expect(page.locator('[name=username], [name=text]')).toBeVisible()
  return [...asked].filter((path) => !path.startsWith('/api/') && !path.endsWith('/messages')).sort()
}

test('bytes of the first load', async ({ page, server, anotherPage }) => {
  const asked = await askedFor(page, `${server.origin}/desk`)
  const worker = await (await fetch(`${server.origin}/sw.js`)).text()
  const kept = [...worker.matchAll(/"(\/[^"]*)"/g)].map(([, path]) => path!)
  printHeading('First load of the desk, with everything that it keeps for working offline, in bytes')
  await printSizes(server.origin, [...new Set([...asked, '/sw.js', ...kept])].sort())

  printHeading("First load of the shopper's page, in bytes")
  await printSizes(server.origin, await askedFor(await anotherPage(), `${server.origin}/c/demo`))
})
