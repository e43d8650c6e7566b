import { type Browser, type BrowserContext, type Page, test as base } from '@playwright/test'

import { Desk } from '../pages/desk.ts'
import { Shopper } from '../pages/shopper.ts'
import { Proxy } from './proxy.ts'
import { Server } from './server.ts'

export { expect } from '@playwright/test'

/** What every story starts with. */
export interface Scene {
  /** A server of its own with the demo shop. */
  server: Server
  /** The network between the desk and that server. */
  network: Proxy
  /** The desk in a browser of its own, behind that network. */
  desk: Desk
  /** A shopper in a browser of their own, straight at the server. */
  shopper: Shopper
  /** Opens another browser that knows nothing of the first. */
  anotherPage: () => Promise<Page>
}

export const test = base.extend<Scene>({
  server: async ({}, use, info) => {
    const server = await Server.start()
    await use(server)
    if (info.status !== info.expectedStatus) await info.attach('server.log', { body: server.log })
    await server.remove()
  },
  network: async ({ server }, use) => {
    const network = await Proxy.start(server.port)
    await use(network)
    await network.cut()
  },
  desk: async ({ page, network }, use) => {
    await use(new Desk(page, network.origin))
    // What is still being asked when the network ends is no fault.
    if (!page.isClosed()) await page.unrouteAll({ behavior: 'ignoreErrors' })
  },
  shopper: async ({ anotherPage, server }, use) => {
    await use(new Shopper(await anotherPage(), server.origin))
  },
  anotherPage: async ({ browser, contextOptions }, use) => {
    const contexts: BrowserContext[] = []
    await use(() => openPage(browser, contextOptions, contexts))
    await Promise.all(contexts.map((context) => context.close()))
  },
})

async function openPage(browser: Browser, options: object, opened: BrowserContext[]): Promise<Page> {
  const context = await browser.newContext(options)
  opened.push(context)
  return context.newPage()
}
