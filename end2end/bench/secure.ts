import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request as ask } from 'node:http'
import { type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse, createSecureServer } from 'node:http2'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { freePort } from '../support/server.ts'

/** Heads that belong to one connection and may not be passed on in HTTP/2. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade']

/** What stands in front of the server where it is in use: it ends TLS, and speaks HTTP/2 with the browser. */
export class Front {
  private constructor(
    readonly port: number,
    readonly listener: Http2SecureServer,
  ) {}

  static async start(target: number): Promise<Front> {
    const port = await freePort()
    const listener = createSecureServer(await certificate(), (request, response) => passOn(target, request, response))
    listener.listen(port, '127.0.0.1')
    await once(listener, 'listening')
    return new Front(port, listener)
  }

  stop(): void {
    this.listener.close()
  }
}

/** A certificate for this run alone, which the browser is told not to doubt. */
async function certificate(): Promise<{ key: string; cert: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'qinda-front-'))
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  await promisify(execFile)('openssl', ['req', ...kind, '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', cert])
  const made = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
  await rm(folder, { recursive: true })
  return made
}

function passOn(target: number, request: Http2ServerRequest, response: Http2ServerResponse): void {
  const { ':method': method, ':path': address, ':authority': host, ':scheme': _, ...heads } = request.headers
  const passed = ask({ port: target, host: '127.0.0.1', method, path: address, headers: { ...heads, host } })
  passed.on('response', (answer) => {
    const own = Object.entries(answer.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name))
    response.writeHead(answer.statusCode!, Object.fromEntries(own))
    answer.pipe(response)
  })
  passed.on('error', () => response.stream.close())
  response.on('close', () => passed.destroy())
  request.pipe(passed)
}
