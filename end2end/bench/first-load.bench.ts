import { get } from 'node:http'

import { expect, test } from '../support/stories.ts'
import { printHeading, printTable } from './print.ts'

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

test('bytes of the first load', async ({ page, server }) => {
  const asked = new Set<string>()
  page.on('response', (answer) => asked.add(new URL(answer.url()).pathname))
  await page.goto(`${server.origin}/desk`)
  await expect(page.getByTestId('sign-in')).toBeVisible()
  await page.waitForLoadState('networkidle')

  const worker = await (await fetch(`${server.origin}/sw.js`)).text()
  const kept = [...worker.matchAll(/"(\/[^"]*)"/g)].map(([, path]) => path!)
  const files = [...new Set([...asked, '/sw.js', ...kept])].filter((path) => !path.startsWith('/api/')).sort()
  const sizes = await Promise.all(
    files.map((file) => Promise.all(ENCODINGS.map((encoding) => bytesSent(server.origin + file, encoding)))),
  )
  const sums = ENCODINGS.map((_, column) => sizes.reduce((sum, row) => sum + row[column]!, 0))

  printHeading('First load of the desk, with everything that it keeps for working offline, in bytes')
  printTable([
    ['file', 'raw', 'gzip', 'brotli'],
    ...files.map((file, index) => [shortName(file), ...sizes[index]!]),
    ['all', ...sums],
  ])
})
