import { createHash, randomBytes } from 'node:crypto'

import type { Account } from './members.ts'

/** Microseconds since 1970. */
export type Micros = number

export interface Message {
  readonly id: string
  readonly conversation: string
  readonly position: number
  readonly author: { readonly by: 'shopper' | 'member' | 'automatic'; readonly id?: string }
  readonly text: string
  readonly at: Micros
}

interface Row {
  readonly seq: number
  readonly kind: string
  readonly body: unknown
}

interface PullAnswer {
  readonly scopes: readonly { readonly scope: string; readonly cursor: unknown; readonly rows: readonly Row[] }[]
  readonly more: boolean
}

/** How far each scope was read. */
export type Cursors = Record<string, unknown>

export interface Command {
  readonly n: number
  readonly kind: string
  readonly version: number
  readonly args: unknown
  readonly hash: string
}

const PROTOCOL = 1
const COMMAND_VERSION = 1
const REPLY_EXPIRES_MICROS = 48 * 3_600 * 1_000_000

/** A time-ordered id (UUIDv7). */
export function newId(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** A command as a device writes it down: the hash is over the very bytes of its arguments. */
export function command(n: number, kind: string, args: object): Command {
  const hash = createHash('sha256')
  for (const part of [kind, String(COMMAND_VERSION), JSON.stringify(args)]) hash.update(part).update('\0')
  return { n, kind, version: COMMAND_VERSION, args, hash: hash.digest('hex').slice(0, 32) }
}

/** A member's session without a browser. */
export class Session {
  readonly device = newId()
  readonly epoch = newId()
  #pushed = 0

  private constructor(
    readonly origin: string,
    readonly cookie: string,
  ) {}

  static async signIn(origin: string, { shop = '', number, password }: Account): Promise<Session> {
    const answer = await fetch(`${origin}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ shop, work_number: number, password }),
    })
    if (!answer.ok) throw new Error(`sign-in of ${number}: ${answer.status} ${await answer.text()}`)
    const [cookie] = answer.headers.getSetCookie()
    return new Session(origin, cookie!.split(';')[0]!)
  }

  async get<T>(path: string): Promise<T> {
    return this.#answer(await fetch(`${this.origin}${path}`, { headers: { cookie: this.cookie } }))
  }

  async post<T>(path: string, body: object): Promise<T> {
    const headers = { cookie: this.cookie, 'content-type': 'application/json' }
    return this.#answer(await fetch(`${this.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }))
  }

  async #answer<T>(answer: Response): Promise<T> {
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`)
    return (answer.status === 204 ? undefined : await answer.json()) as T
  }

  /** Gives a command and waits for its receipt. */
  async give(kind: string, args: object): Promise<void> {
    this.#pushed += 1
    const { device, epoch } = this
    await this.post('/sync/push', { protocol: PROTOCOL, device, epoch, commands: [command(this.#pushed, kind, args)] })
  }

  /** Writes a new article. */
  async putArticle(title: string, answer: string, more: object = {}): Promise<void> {
    await this.give('article.put', { id: newId(), fields: { title, answers: [answer], ...more }, base: 0 })
  }

  /** Answers a message of a shopper. */
  async reply(to: Message, text: string): Promise<void> {
    const now = Date.now() * 1_000
    const times = { written_at: now, expires_at: now + REPLY_EXPIRES_MICROS }
    const { conversation, position } = to
    await this.give('message.send', { id: newId(), conversation, text, seen: position, owner_seen: null, ...times })
  }

  /** Every message that this member may see, in the order of the feed. */
  async messages(): Promise<Message[]> {
    return this.rows<Message>('message')
  }

  /** Every row of a kind that this member may see, in the order of the feed. */
  async rows<T>(wanted: string): Promise<T[]> {
    return (await this.#rowsAfter<T>(wanted, {})).found
  }

  /** The texts of the messages after some cursors, and the cursors after them. */
  async messagesAfter(cursors: Cursors): Promise<{ texts: string[]; cursors: Cursors }> {
    const { found, cursors: next } = await this.#rowsAfter<{ text: string }>('message', cursors)
    return { texts: found.map(({ text }) => text), cursors: next }
  }

  async #rowsAfter<T>(wanted: string, after: Cursors): Promise<{ found: T[]; cursors: Cursors }> {
    const cursors = { ...after }
    const found: T[] = []
    let more = true
    while (more) {
      const { device, epoch } = this
      const request = { protocol: PROTOCOL, device, epoch, cursors, verdicts_after: 0 }
      const page = await this.post<PullAnswer>('/sync/pull', request)
      for (const { scope, cursor, rows } of page.scopes) {
        cursors[scope] = cursor
        found.push(...rows.filter(({ kind }) => kind === wanted).map(({ body }) => body as T))
      }
      more = page.more
    }
    return { found, cursors }
  }
}
