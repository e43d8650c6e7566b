import { type Socket, connect } from 'node:net'

const END_OF_HEAD = '\r\n\r\n'
const NOTHING = Buffer.alloc(0)

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
  #had: Buffer = NOTHING
  #whole = Number.POSITIVE_INFINITY
  #body = 0
  #answered: (body: Buffer) => void = () => undefined
  #failed: (error: Error) => void = () => undefined

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (piece: Buffer) => this.#take(piece))
    this.#socket.on('error', (error) => this.#failed(error))
    this.#socket.on('close', () => this.#failed(new Error('the connection was closed')))
  }

  /** Sends a request and returns the body of its answer; the server gives its length, as it packs nothing here. */
  ask(request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve
      this.#failed = reject
      this.#socket.write(request)
    })
  }

  #take(piece: Buffer): void {
    this.#had = this.#had.length === 0 ? piece : Buffer.concat([this.#had, piece])
    if (this.#whole === Number.POSITIVE_INFINITY && !this.#readHead()) return
    if (this.#had.length < this.#whole) return
    const body = this.#had.subarray(this.#body)
    this.#had = NOTHING
    this.#whole = Number.POSITIVE_INFINITY
    this.#answered(body)
  }

  /** Learns how long the answer is, once its head is there. */
  #readHead(): boolean {
    const end = this.#had.indexOf(END_OF_HEAD)
    if (end < 0) return false
    const head = this.#had.toString('latin1', 0, end)
    const length = /content-length: (\d+)/i.exec(head)?.[1]
    if (!head.startsWith('HTTP/1.1 200') || length === undefined) {
      this.#failed(new Error(`refused: ${this.#had.toString()}`))
      return false
    }
    this.#body = end + END_OF_HEAD.length
    this.#whole = this.#body + Number(length)
    return true
  }

  close(): void {
    this.#socket.removeAllListeners('close').destroy()
  }
}
