import { once } from 'node:events'
import { type IncomingMessage, type Server as Listener, type ServerResponse, createServer, request } from 'node:http'
import type { Socket } from 'node:net'

import { freePort } from './server.ts'

/** Two builds of the desk differ in their mark alone; this is the newer one's. */
const NEWER = '0123456789abcdef'

/**
 * A server whose desk can be released anew. From then on the shell, the service worker and the files bear another mark,
 * as those of another build do, while what lies behind is the same server.
 */
export class Release {
  #listener: Listener | undefined
  #sockets = new Set<Socket>()
  #isOut = false

  private constructor(
    readonly port: number,
    readonly target: number,
    readonly older: string,
  ) {}

  static async start(target: number): Promise<Release> {
    const shell = await (await fetch(`http://127.0.0.1:${target}/desk`)).text()
    const mark = /name="qinda-build" content="([0-9a-f]+)"/.exec(shell)?.[1]
    if (mark === undefined) throw new Error('the shell bears no mark')
    const release = new Release(await freePort(), target, mark)
    await release.connect()
    return release
  }

  readonly newer = NEWER

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** The newer desk is out. */
  publish(): void {
    this.#isOut = true
  }

  /** Breaks every connection and refuses new ones. */
  async cut(): Promise<void> {
    const listener = this.#listener
    this.#listener = undefined
    const closed = listener === undefined ? undefined : once(listener.close(), 'close')
    for (const socket of this.#sockets) socket.resetAndDestroy()
    await closed
  }

  /** Takes connections again. */
  async connect(): Promise<void> {
    const listener = createServer((asked, answer) => this.#carry(asked, answer))
    listener.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    listener.listen(this.port, '127.0.0.1')
    await once(listener, 'listening')
    this.#listener = listener
  }

  #carry(asked: IncomingMessage, answer: ServerResponse): void {
    const address = asked.url ?? '/'
    const bearsMark = address === '/sw.js' || address.startsWith('/desk')
    const headers = { ...asked.headers }
    if (bearsMark) delete headers['accept-encoding']
    const path = this.#isOut ? address.replace(`/pkg/${this.newer}/`, `/pkg/${this.older}/`) : address
    const onward = request({ port: this.target, host: '127.0.0.1', method: asked.method, path, headers }, (told) => {
      if (bearsMark && this.#isOut) void this.#remark(told, answer)
      else {
        answer.writeHead(told.statusCode ?? 502, told.headers)
        told.pipe(answer)
      }
    })
    // An end is an end, however it came; the story looks at what the page makes of it.
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  }

  async #remark(told: IncomingMessage, answer: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of told) parts.push(part as Buffer)
    const text = Buffer.concat(parts).toString('utf8').replaceAll(this.older, this.newer)
    answer.writeHead(told.statusCode ?? 502, { ...told.headers, 'content-length': Buffer.byteLength(text) })
    answer.end(text)
  }
}
