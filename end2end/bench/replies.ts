import { Session, command, newId } from '../support/api.ts'
import { Line, postOf } from './line.ts'

const TWO_DAYS_MICROS = 48 * 3_600 * 1_000_000
/** So many shoppers write side by side. */
const AT_ONCE = 16
const PUSH_COMMANDS_MAX = 200

/** What each device sends: how many requests, and how many replies in one. */
export interface Load {
  readonly requests: number
  readonly replies: number
}

/** Has that many shoppers write, and returns their conversations. */
export async function conversations(origin: string, session: Session, count: number): Promise<string[]> {
  const name = newId()
  const write = async (shopper: number): Promise<void> => {
    const answer = await fetch(`${origin}/c/demo/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: newId(), text: `${name} ${shopper}` }),
    })
    if (!answer.ok) throw new Error(`a shopper was refused: ${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
  }
  for (let from = 0; from < count; from += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, shopper) => write(from + shopper)))
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

/** As many pushes as it takes to answer every conversation so many times and close it, by one device. */
export function closingRequests(session: Session, chats: readonly string[], replies: number): Buffer[] {
  const [device, epoch] = [newId(), newId()]
  const now = Date.now() * 1_000
  const times = { written_at: now, expires_at: now + TWO_DAYS_MICROS }
  const ofChat = (conversation: string): [string, object][] => [
    ...Array.from({ length: replies }, (_, place): [string, object] => {
      const words = { text: `第${place + 1}条：亲，已经为您催仓库了。`, seen: 1 + place, owner_seen: null }
      return ['message.send', { id: newId(), conversation, ...words, ...times }]
    }),
    ['conversation.close', { conversation, seen: 1 + replies }],
  ]
  const commands = chats.flatMap(ofChat).map(([kind, args], index) => command(index + 1, kind, args))
  return Array.from({ length: Math.ceil(commands.length / PUSH_COMMANDS_MAX) }, (_, push) => {
    const from = push * PUSH_COMMANDS_MAX
    const body = { protocol: 1, device, epoch, commands: commands.slice(from, from + PUSH_COMMANDS_MAX) }
    return postOf('/sync/push', session.cookie, body)
  })
}

/** Sends a device's requests, one after the other. */
export async function sendAll(port: number, requests: readonly Buffer[]): Promise<void> {
  const line = new Line(port)
  for (const request of requests) await line.ask(request)
  line.close()
}
