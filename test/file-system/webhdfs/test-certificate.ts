// A certificate for 127.0.0.1 and localhost, signed by itself and valid for a century, and its key. Nobody trusts it, which
// is what the tests want; made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500
// -subj /CN=fake -addext subjectAltName=IP:127.0.0.1,DNS:localhost`.

export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqYJsPRMGpBq0IYnr
sP3ZRJ/EtGjm/ZoZ7E0+cqPMYbKhRANCAAT3/jE6fssLPPz19sJnuXcHPr3VuYo3
re1jXxooGXnQsCzZ+MEbDLiiMtb4xxUvl89GYMy5I9mfDUBkMMsI1OOS
-----END PRIVATE KEY-----
`

export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBkTCCATegAwIBAgIUfxpgQwgf0YqZXWPPHpc/4eMy7RIwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEZmFrZTAgFw0yNjExMjExNDIwMzhaGA8yMTI2MTAyODE0MjAz
OFowDzENMAsGA1UEAwwEZmFrZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPf+
MTp+yws8/PX2wme5dwc+vdW5ijet7WNfGigZedCwLNn4wRsMuKIy1vjHFS+Xz0Zg
zLkj2Z8NQGQwywjU45KjbzBtMB0GA1UdDgQWBBQyUp1XDR9ebfRpTx1zUCMnrfcn
xTAfBgNVHSMEGDAWgBQyUp1XDR9ebfRpTx1zUCMnrfcnxTAPBgNVHRMBAf8EBTAD
AQH/MBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAKBggqhkjOPQQDAgNIADBF
AiAILSLJBbRBLCfF8hhkoB76zVlBQwBAqw4hJ/OPYawlFQIhALdkCZyWTzP+UxJa
mb0ZwifozNSjfGZwIHTjeIdoGO58
-----END CERTIFICATE-----
`
