import { once } from 'node:events'
import { type Server as Listener, type Socket, connect, createServer } from 'node:net'

import { freePort } from './server.ts'

/** What the network does at the moment. */
type Weather = 'clear' | 'frozen' | 'one-way'

/**
 * Where in a request the network breaks: before any of it reaches the server, in the middle of its body, or once the
 * server begins to answer, which it does after the commit.
 */
export type Moment = 'before' | 'inside' | 'after'

/** A request at which the network is going to break. */
interface Break {
  readonly moment: Moment
  readonly address: string
  readonly happened: () => void
}

/** One connection of the browser. */
interface Line {
  /** The address of the latest request, without its query. */
  address: string
  /** Its head went by, and its body comes. */
  inBody: boolean
  /** Nothing comes back on it any more. */
  mute: boolean
}

const END_OF_HEAD = '\r\n\r\n'

/**
 * The network between a browser and the server. Unlike the browser's own switch, a cut here also breaks the
 * connections that are open.
 */
export class Proxy {
  #listener: Listener | undefined
  #sockets = new Set<Socket>()
  /** How many bytes went through, both ways. */
  bytes = 0
  #lines = new Map<Socket, Line>()
  #weather: Weather = 'clear'
  #break: Break | undefined

  private constructor(
    readonly port: number,
    readonly target: number,
  ) {}

  static async start(target: number): Promise<Proxy> {
    const proxy = new Proxy(await freePort(), target)
    await proxy.#listen()
    return proxy
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Breaks every connection and refuses new ones. */
  async cut(): Promise<void> {
    const listener = this.#listener
    this.#listener = undefined
    const closed = listener === undefined ? undefined : once(listener.close(), 'close')
    this.#drop()
    await closed
  }

  /** Swallows everything in both directions; new connections are accepted and never answered. */
  freeze(): void {
    this.#weather = 'frozen'
  }

  /** Requests still reach the server; its answers get lost. */
  loseAnswers(): void {
    this.#weather = 'one-way'
  }

  /** Breaks the whole network at a moment of the next request to an address; done once it is broken. */
  async breakAt(moment: Moment, address: string): Promise<void> {
    await new Promise<void>((happened) => (this.#break = { moment, address, happened }))
    await this.cut()
  }

  /** Ends the connections whose latest request went to an address. */
  end(address: string): void {
    for (const client of this.#carrying(address)) client.resetAndDestroy()
  }

  /** Lets nothing more come back on the connections whose latest request went to an address, without ending them. */
  silence(address: string): void {
    for (const client of this.#carrying(address)) this.#lines.get(client)!.mute = true
  }

  #carrying(address: string): Socket[] {
    const found = [...this.#lines].filter(([, line]) => line.address === address).map(([client]) => client)
    if (found.length === 0) throw new Error(`no open connection asked for ${address}`)
    return found
  }

  /** The network works again; what was swallowed stays lost, so those connections end. */
  async restore(): Promise<void> {
    if (this.#weather !== 'clear') this.#drop()
    this.#weather = 'clear'
    if (this.#listener === undefined) await this.#listen()
  }

  async #listen(): Promise<void> {
    const listener = createServer((client) => this.#carry(client))
    listener.listen(this.port, '127.0.0.1')
    await once(listener, 'listening')
    this.#listener = listener
  }

  #carry(client: Socket): void {
    const server = connect(this.target, '127.0.0.1')
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      // An end is an end, however it came; the story looks at what the page makes of it.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
    const line: Line = { address: '', inBody: false, mute: false }
    this.#lines.set(client, line)
    client.on('close', () => this.#lines.delete(client))
    client.on('data', (bytes) => {
      this.bytes += bytes.length
      if (this.#weather !== 'frozen') server.write(this.#passing(line, bytes))
    })
    server.on('data', (bytes) => {
      this.bytes += bytes.length
      if (this.#isToBreak(line, 'after')) this.#breakNow()
      else if (this.#weather === 'clear' && !line.mute) client.write(bytes)
    })
  }

  #isToBreak(line: Line, moment: Moment): boolean {
    return this.#break?.moment === moment && this.#break.address === line.address
  }

  #breakNow(): void {
    this.#break?.happened()
    this.#break = undefined
    // Whatever is under way at this moment is lost.
    this.#weather = 'frozen'
  }

  /** What of these bytes still reaches the server. */
  #passing(line: Line, bytes: Buffer): Buffer {
    const address = /^[A-Z]+ ([^\s?]+)\S* HTTP\/1\.1\r\n/.exec(bytes.toString('latin1'))?.[1]
    if (address !== undefined) Object.assign(line, { address, inBody: false })
    if (this.#isToBreak(line, 'before')) {
      this.#breakNow()
      return bytes.subarray(0, 0)
    }
    const head = line.inBody ? 0 : bytes.indexOf(END_OF_HEAD) + END_OF_HEAD.length
    line.inBody = true
    if (!this.#isToBreak(line, 'inside') || head === bytes.length) return bytes
    this.#breakNow()
    return bytes.subarray(0, Math.ceil((head + bytes.length) / 2))
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }
}
