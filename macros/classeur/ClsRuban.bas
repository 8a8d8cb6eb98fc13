Attribute VB_Name = "ClsRuban"
Option Explicit

' The CLS tab of the coordinator's workbook (ruban.xml).


' The workbook that a click is about: this one, whichever is in front.
Public Function LeClasseur() As Workbook
    Set LeClasseur = ThisWorkbook
End Function


Public Sub RubanConsolider(control As IRibbonControl)
    Consolider
End Sub


Public Sub RubanControler(control As IRibbonControl)
    Controler
End Sub


Public Sub RubanSyntheseArs(control As IRibbonControl)
    SyntheseArs
End Sub


Public Sub RubanBilan(control As IRibbonControl)
    Bilan
End Sub


Public Sub RubanPresentation(control As IRibbonControl)
    Presentation
End Sub


Public Sub RubanRelances(control As IRibbonControl)
    Relances
End Sub


Public Sub RubanVerifier(control As IRibbonControl)
    VerifierInstallation
End Sub
