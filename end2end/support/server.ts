import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const BINARY = fileURLToPath(new URL('../../target/release/qinda', import.meta.url))
const START_MS = 20_000
const LOOK_AGAIN_MS = 25
/** What Linux counts processor time in. */
const TICKS_A_SECOND = 100

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

/** The release server with the demo shop in a data folder of its own. */
export class Server {
  #process: ChildProcess | undefined
  #said: string[] = []

  private constructor(
    readonly port: number,
    readonly data: string,
  ) {}

  static async start(): Promise<Server> {
    const data = await mkdtemp(path.join(tmpdir(), 'qinda-story-'))
    const server = new Server(await freePort(), data)
    await server.boot()
    return server
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Everything it has written to its log. */
  get log(): string {
    return this.#said.join('')
  }

  /** Starts it on its port and data, and waits until it serves. */
  async boot(): Promise<void> {
    const args = ['serve', '--demo', '--data', this.data, '--listen', `127.0.0.1:${this.port}`]
    const child = spawn(BINARY, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (said) => this.#said.push(String(said)))
    child.stderr.on('data', (said) => this.#said.push(String(said)))
    this.#process = child
    const until = Date.now() + START_MS
    while (!(await this.#serves())) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the server did not start:\n${this.log}`)
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    }
  }

  async #serves(): Promise<boolean> {
    return fetch(`${this.origin}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    )
  }

  /** Ends it as an operator would. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  /** Stops it for good and removes its data. */
  async remove(): Promise<void> {
    await this.kill()
    await rm(this.data, { recursive: true, force: true })
  }

  /** How much memory it holds, in bytes, as Linux counts it. */
  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#process?.pid}/status`, 'utf8')
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
    if (kilobytes === undefined) throw new Error('the system does not tell how much memory a process holds')
    return Number(kilobytes) * 1024
  }

  /** How long processors worked for it so far, in seconds: what it costs, however busy the machine is with others. */
  async processorSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#process?.pid}/stat`, 'utf8')
    // The name, in brackets, may hold spaces; the user's and the system's ticks are the 12th and 13th field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
  }

  /** Runs another command of the binary on the same data. */
  async command(...args: string[]): Promise<string> {
    return this.commandTold('', ...args)
  }

  /** As `command`, with something typed into it. */
  async commandTold(typed: string, ...args: string[]): Promise<string> {
    const child = spawn(BINARY, [...args, '--data', this.data], { stdio: ['pipe', 'pipe', 'pipe'] })
    // A command that reads nothing may be done before it could.
    child.stdin.on('error', () => undefined)
    child.stdin.end(typed)
    const said: string[] = []
    child.stdout.on('data', (text) => said.push(String(text)))
    child.stderr.on('data', (text) => said.push(String(text)))
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`qinda ${args.join(' ')} ended with ${code}:\n${said.join('')}`)
    return said.join('')
  }
}
