import { once } from 'node:events'
import { type Socket, connect } from 'node:net'

const END_OF_HEAD = '\r\n\r\n'

/** A request as the bytes that go over the wire, so that nothing is spent on it while something is measured. */
export function postOf(address: string, cookie: string, body: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(body))
  const head = [
    `POST ${address} HTTP/1.1`,
    'host: 127.0.0.1',
    `cookie: ${cookie}`,
    'content-type: application/json',
    `content-length: ${bytes.length}`,
  ].join('\r\n')
  return Buffer.concat([Buffer.from(head + END_OF_HEAD), bytes])
}

/** One connection that stays open, a request at a time: a load generator shares the machine, so it does the least. */
export class Line {
  #socket: Socket

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setNoDelay(true)
  }

  /** Sends a request and returns the body of its answer; the server gives its length, as it packs nothing here. */
  async ask(request: Buffer): Promise<Buffer> {
    this.#socket.write(request)
    const pieces: Buffer[] = []
    let whole = Number.POSITIVE_INFINITY
    let from = 0
    let had = 0
    while (had < whole) {
      const [piece] = (await once(this.#socket, 'data')) as [Buffer]
      pieces.push(piece)
      had += piece.length
      if (whole !== Number.POSITIVE_INFINITY) continue
      const text = Buffer.concat(pieces).toString('latin1')
      const end = text.indexOf(END_OF_HEAD)
      if (end < 0) continue
      const head = text.slice(0, end)
      const length = /content-length: (\d+)/i.exec(head)?.[1]
      if (!head.startsWith('HTTP/1.1 200') || length === undefined) throw new Error(`refused: ${text}`)
      from = end + END_OF_HEAD.length
      whole = from + Number(length)
    }
    return Buffer.concat(pieces).subarray(from)
  }

  close(): void {
    this.#socket.destroy()
  }
}
