import { type Locator, type Page, expect } from '@playwright/test'

/** What a member writes. */
export interface QuickReply {
  readonly shortcut: string
  readonly text: string
  readonly category?: string
  readonly picture?: Buffer
  /** For whom, by the name on the button. */
  readonly keeper?: string
}

/** The quick replies of a member, as the member keeps them. */
export class QuickReplies {
  readonly rows: Locator
  readonly categories: Locator
  readonly shortcut: Locator
  readonly text: Locator
  readonly category: Locator
  readonly save: Locator
  readonly importFound: Locator
  readonly importLeft: Locator

  constructor(
    readonly page: Page,
    readonly origin: string,
  ) {
    this.rows = page.getByTestId('quick-reply')
    this.categories = page.getByTestId('reply-category')
    this.shortcut = page.getByTestId('reply-shortcut')
    this.text = page.getByTestId('reply-text')
    this.category = page.getByTestId('reply-category-field')
    this.save = page.getByTestId('save-quick-reply')
    this.importFound = page.getByTestId('import-found')
    this.importLeft = page.getByTestId('import-left')
  }

  async open(address = '/desk/replies'): Promise<void> {
    await this.page.goto(`${this.origin}${address}`)
  }

  row(words: string): Locator {
    return this.rows.filter({ hasText: words })
  }

  /** Shows the member's own only: the whole shop's are more than a screen shows at once. */
  async mine(): Promise<void> {
    await this.page.getByRole('button', { name: '我的', exact: true }).click()
  }

  /** Looks one up in the list. */
  async find(words: string): Promise<void> {
    await this.page.getByRole('searchbox', { name: '搜索快捷短语' }).fill(words)
    await expect(this.row(words)).toBeVisible()
  }

  /** Writes a new one and saves it. */
  async write({ shortcut, text, category, picture, keeper }: QuickReply): Promise<void> {
    await this.open('/desk/replies/new')
    await this.shortcut.fill(shortcut)
    await this.text.fill(text)
    if (category !== undefined) await this.category.fill(category)
    if (picture !== undefined) {
      await this.page.getByTestId('picture-file').setInputFiles(file('picture.png', 'image/png', picture))
      await expect(shownPictures(this.page.locator('.reply-form'))).toHaveCount(1)
    }
    if (keeper !== undefined) await this.page.locator('.reply-form').getByRole('button', { name: keeper }).click()
    await this.save.click()
    await this.find(shortcut)
  }

  /** Gives the importer a table, with the pictures that it names. */
  async offer(table: string, pictures: Record<string, Buffer> = {}): Promise<void> {
    await this.open('/desk/replies/import')
    const beside = Object.entries(pictures).map(([name, bytes]) => file(name, 'image/png', bytes))
    await this.page.getByTestId('import-files').setInputFiles([file('quick.csv', 'text/csv', Buffer.from(table)), ...beside])
    await expect(this.importFound).toBeVisible()
  }
}

/** The pictures below an element that are really shown. */
export function shownPictures(below: Locator): Locator {
  return below.locator('[data-testid=picture][data-shown=true] img')
}

function file(name: string, mimeType: string, buffer: Buffer): { name: string; mimeType: string; buffer: Buffer } {
  return { name, mimeType, buffer }
}
