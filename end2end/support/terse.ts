import { readFileSync } from 'node:fs'

import type { Response } from '@playwright/test'

/** As the protocol's page tells: ids, what was there before, hex, numbers, wide characters and phrases. */
const [ID, ID_AGAIN, HEX, NUMBER, WIDE, PHRASE, PHRASES_FROM, PLAIN_FROM, WIDE_END] = [0, 1, 2, 3, 4, 5, 6, 32, 0x7f]
const WIDE_STRETCHES = [
  [0x4e00, 0x9fff],
  [0x3000, 0x30ff],
  [0xff00, 0xffef],
  [0x2000, 0x206f],
] as const

export const TERSE = 'application/vnd.qinda.terse'
const TABLE = readFileSync(new URL('../../src/sync/terse/phrases.txt', import.meta.url), 'utf8').split('\n')

/** What an answer says, be it said tersely. */
export async function told(response: Response): Promise<unknown> {
  const body = await response.body()
  return JSON.parse(response.headers()['content-type'] === TERSE ? fromTerse(body) : body.toString('utf8'))
}

/** The JSON that is said tersely. */
export function fromTerse(said: Buffer): string {
  if (said[0] !== 1) throw new Error(`said by table ${said[0]}`)
  const parts: Buffer[] = []
  const ids: string[] = []
  let at = 1
  const sixteen = (): string => said.subarray(at, (at += 16)).toString('hex')
  while (at < said.length) {
    const byte = said[at++]!
    if (byte === ID) {
      ids.push(sixteen().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
      parts.push(Buffer.from(ids.at(-1)!))
    } else if (byte === ID_AGAIN) parts.push(Buffer.from(ids[said[at++]!]!))
    else if (byte === HEX) parts.push(Buffer.from(sixteen()))
    else if (byte === NUMBER) {
      let [number, shift] = [0n, 0n]
      for (let more = true; more; shift += 7n) {
        number |= BigInt(said[at]! & 0x7f) << shift
        more = said[at++]! > 0x7f
      }
      parts.push(Buffer.from(number.toString()))
    } else if (byte === WIDE) {
      while (said[at] !== WIDE_END) {
        const first = said[at++]!
        parts.push(Buffer.from(first > WIDE_END ? String.fromCharCode(first & 0x7f) : wide(first * 256 + said[at++]!)))
      }
      at += 1
    } else if (byte === PHRASE) parts.push(Buffer.from(TABLE[PLAIN_FROM - PHRASES_FROM + said[at++]!]!))
    else parts.push(byte < PLAIN_FROM ? Buffer.from(TABLE[byte - PHRASES_FROM]!) : Buffer.from([byte]))
  }
  return Buffer.concat(parts).toString('utf8')
}

function wide(code: number): string {
  let left = code
  for (const [first, last] of WIDE_STRETCHES) {
    if (left <= last - first) return String.fromCharCode(first + left)
    left -= last - first + 1
  }
  throw new Error(`there is no wide character ${code}`)
}
