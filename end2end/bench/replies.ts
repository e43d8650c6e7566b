import { Session, command, newId } from '../support/api.ts'
import { Line, postOf } from './line.ts'

const TWO_DAYS_MICROS = 48 * 3_600 * 1_000_000

/** What each device sends: how many requests, and how many replies in one. */
export interface Load {
  readonly requests: number
  readonly replies: number
}

/** Has that many shoppers write, and returns their conversations. */
export async function conversations(origin: string, session: Session, count: number): Promise<string[]> {
  const name = newId()
  for (let shopper = 0; shopper < count; shopper += 1) {
    const answer = await fetch(`${origin}/c/demo/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: newId(), text: `${name} ${shopper}` }),
    })
    if (!answer.ok) throw new Error(`a shopper was refused: ${answer.status} ${await answer.text()}`)
  }
  const messages = await session.messages()
  return messages.filter(({ text }) => text.startsWith(name)).map(({ conversation }) => conversation)
}

/** Everything that one device sends into a conversation, ready as bytes, so that the measured time is the server's. */
export function requestsOf(session: Session, conversation: string, { requests, replies }: Load): Buffer[] {
  const [device, epoch] = [newId(), newId()]
  const now = Date.now() * 1_000
  const reply = (n: number, seen: number) => {
    const times = { written_at: now, expires_at: now + TWO_DAYS_MICROS }
    const words = { text: `第${n}条：亲，已经为您催仓库了。`, seen, owner_seen: null }
    return command(n, 'message.send', { id: newId(), conversation, ...words, ...times })
  }
  return Array.from({ length: requests }, (_, request) => {
    const before = request * replies
    // The device has seen the shopper's question and what it sent itself in earlier requests.
    const commands = Array.from({ length: replies }, (_, index) => reply(before + index + 1, before + 1))
    return postOf('/sync/push', session.cookie, { protocol: 1, device, epoch, commands })
  })
}

/** Sends a device's requests, one after the other. */
export async function sendAll(port: number, requests: readonly Buffer[]): Promise<void> {
  const line = new Line(port)
  for (const request of requests) await line.ask(request)
  line.close()
}
