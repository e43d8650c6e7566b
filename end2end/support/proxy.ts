import { once } from 'node:events'
import { type Server as Listener, type Socket, connect, createServer } from 'node:net'

import { freePort } from './server.ts'

/** What the network does at the moment. */
type Weather = 'clear' | 'frozen' | 'one-way'

/**
 * The network between a browser and the server. Unlike the browser's own switch, a cut here also breaks the
 * connections that are open.
 */
export class Proxy {
  #listener: Listener | undefined
  #sockets = new Set<Socket>()
  #weather: Weather = 'clear'

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
    client.on('data', (bytes) => {
      if (this.#weather !== 'frozen') server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (this.#weather === 'clear') client.write(bytes)
    })
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }
}
